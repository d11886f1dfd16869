import ArgumentParser
import ManifestKit
import RolloutRuntime

/// `rollout-render runtime apply`: validates manifests and applies them to a cluster.
struct RuntimeApplyCommand: ConcurrentCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Validate manifests, apply them in the order of their dependencies, and wait for their Rollouts.",
        discussion: """
            All manifests are validated first, as validate does, and then the API server is asked for each object \
            whether it would take it. Only where nothing is refused anything is applied: namespaces, CRDs (and a wait \
            until they are served), access rights, configuration, templates, Services, routes, workloads, and Rollouts \
            last. Should an object be refused all the same, what comes after its kind of object is not begun.

              rollout-render runtime apply deploy/
              helm template ./chart | rollout-render runtime apply --wait --timeout 30m -
              rollout-render runtime apply --dry-run server deploy/
              rollout-render runtime apply --prune --selector app.kubernetes.io/part-of=shop deploy/

            It is a server-side apply with the field manager \(ManifestApplier.fieldManager). A field that another \
            manager owns and the manifest wants otherwise is a conflict, and --force-conflicts takes it over.

            --prune deletes what carries the labels, was applied by this command before, and is in the manifests no \
            more. Every object in the manifests must carry the labels too. Only these kinds are deleted: \
            \(ApplyHelp.prunableKinds). With --wait it happens when all Rollouts are healthy, for until then the old \
            version may need what is to go.

            --wait shows how far each Rollout is, until it is healthy, waits for a person, or has failed. An interrupt \
            ends the wait and not the update.

            The exit code is 0 when all is applied, and with --wait when each Rollout is healthy or waits for a \
            person; 1 when something was found or refused, or a Rollout is degraded or aborted; 2 for wrong usage and \
            for input that cannot be read; 3 when the time of --timeout is over; 130 when the wait was interrupted.
            """)

    @Argument(
        help: "Files, folders (searched for .yaml, .yml and .json), or - for standard input.", completion: .file())
    var paths: [String] = []

    @Flag(help: "Wait until each Rollout is healthy, waits for a person, or has failed.")
    var wait = false

    @Option(help: ArgumentHelp("How long to wait; without it 10m.", valueName: "duration"))
    var timeout: String?

    @Flag(help: "Take over fields that others own.")
    var forceConflicts = false

    @Flag(help: "Delete what was applied before with these labels and is in the manifests no more.")
    var prune = false

    @Option(name: [.customShort("l"), .long], help: ArgumentHelp(
        "The labels of what may be pruned, such as app=web; there must be one.", valueName: "labels"))
    var selector: String?

    @Option(help: "Change nothing, and say what would become of each object: server, or none.")
    var dryRun = RolloutOperator.DryRun.none

    @Option(name: .shortAndLong, help: "Print the applied objects instead of a line on each.")
    var output: ObjectOutput?

    @OptionGroup var access: ClusterAccessOptions

    func validate() throws {
        if paths.isEmpty { throw ValidationError("name a file, a folder, or - for standard input") }
        if dryRun == .client {
            throw ValidationError("--dry-run client would be what `rollout-render validate` does; use that, or server")
        }
        if prune != (selector != nil) {
            throw ValidationError(
                prune ? "--prune needs --selector, so that it is certain what may be deleted"
                    : "--selector says what may be pruned; add --prune")
        }
        if timeout != nil, !wait { throw ValidationError("--timeout is for --wait") }
        if wait, dryRun != .none { throw ValidationError("a dry run starts nothing that could be waited for") }
        _ = try timeoutSeconds()
        _ = try pruneLabels()
    }

    nonisolated(nonsending) mutating func perform() async throws {
        let set = try manifests()
        let command = self
        let code = try await access.withCluster { cluster, namespace in
            try await command.apply(set, to: cluster, namespace: namespace)
        }
        if code != ExitStatus.clean { throw ExitCode(code) }
    }

    /// How long to wait.
    func timeoutSeconds() throws -> Double {
        guard let timeout else { return 600 }
        guard let duration = GoDuration(timeout), duration.nanoseconds > 0 else {
            throw ValidationError("'\(timeout)' is no duration; write one such as 90s, 10m or 1h")
        }
        return duration.seconds
    }

    /// The labels of what may be pruned.
    func pruneLabels() throws -> LabelSelector? {
        guard let selector else { return nil }
        let labels: LabelSelector
        do throws(KubernetesFailure) { labels = try LabelSelector(query: selector) } catch {
            throw ValidationError("'\(selector)' is no selector of labels: \(error)")
        }
        let names = labels.requirements.contains { requirement in
            if case .isOneOf(_, let values) = requirement { !values.isEmpty } else { false }
        }
        guard names else {
            throw ValidationError("'\(selector)' must name a label and its value, such as app=web, to prune by")
        }
        return labels
    }

    // MARK: Input

    /// Reads and checks what is to be applied; complains and ends the program where there is anything against it.
    private func manifests() throws -> ApplySet {
        if paths.contains("-"), StandardInput.isTerminal {
            StandardError.write("reading manifests from the terminal; Ctrl-D ends them")
        }
        let input = try RenderingInput.checked(paths)
        RenderingComplaints.write(input.findings)
        let errors = input.findings.count { $0.severity == .error }
        guard errors == 0 else {
            StandardError.write("error: nothing was applied, because of \(errors) error\(errors == 1 ? "" : "s") above")
            throw ExitCode(ExitStatus.findings)
        }
        guard !input.objects.isEmpty else {
            StandardError.write("error: there is nothing to apply in the input")
            throw ExitCode(ExitStatus.unusable)
        }
        let items = input.objects.map { object in
            let file = object.file == "-" ? "standard input" : object.file
            return ApplySet.Item(object: object.value, origin: "\(file), document \(object.document)")
        }
        let set = ApplySet(items, onlyNamespace: access.namespace)
        try refuse(set.problems + unlabelled(set))
        return set
    }

    /// Objects without the labels to prune by: with them in the set, the labels are not what tells it from others.
    private func unlabelled(_ set: ApplySet) throws -> [String] {
        guard let labels = try pruneLabels() else { return [] }
        return set.items.filter { !labels.matches($0.object["metadata"]?["labels"]?.object) }.map { item in
            "\(item.origin): \(item.title) does not carry \(selector ?? ""), by which others are to be deleted"
        }
    }

    private func refuse(_ problems: [String]) throws {
        guard !problems.isEmpty else { return }
        for problem in problems { StandardError.write("error: \(PlainText.shown(problem))") }
        StandardError.write("error: nothing was applied")
        throw ExitCode(ExitStatus.findings)
    }
}

/// What the help of `apply` lists.
enum ApplyHelp {
    /// The kinds that a prune may delete.
    static let prunableKinds: String = PrunableKind.all.map(\.kind).sorted().joined(separator: ", ")
}
