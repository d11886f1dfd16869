import ManifestKit

/// One run of `convert`: converts what was read, then writes where it was told to.
struct ConvertSession {
    let command: ConvertCommand
    let inputs: [SourceFile]

    /// Whether everything that was asked for was done.
    func run(_ options: ConversionOptions) throws -> Bool {
        let result = DeploymentConverter(options: options).convert(inputs)
        for diagnostic in result.diagnostics { ConvertFiles.printError(Self.text(of: diagnostic)) }
        if result.isComplete { try write(result) }
        if command.output == .json {
            try ConvertFiles.write(stdout: Array((JSONWriter.text(json(result), layout: .pretty) + "\n").utf8))
        }
        if result.diagnostics.isEmpty { try report(result.report) }
        if !result.isComplete { ConvertFiles.printError("rollout-render convert: nothing was written") }
        return result.isComplete
    }

    // MARK: Files

    private func write(_ result: DeploymentConverter.Result) throws {
        if command.diff, command.output == .text {
            try ConvertFiles.write(stdout: result.files.flatMap(Self.diff(of:)))
        }
        if command.inPlace {
            for file in result.files where file.isChanged {
                try ConvertFiles.replace(file.name, with: file.after, isNew: file.isNew)
            }
        } else if let folder = command.outputDir {
            try ConvertFiles.write(result.files.map { ConvertFiles.File(name: $0.name, bytes: $0.after) }, to: folder)
        } else if !command.diff, command.output == .text {
            try ConvertFiles.write(stdout: Self.stream(result.files))
        }
    }

    private static func diff(of file: ConvertedFile) -> [UInt8] {
        let name = file.name == "-" ? "stdin" : file.name
        return UnifiedDiff.text(name: name, old: file.before, new: file.after, isNew: file.isNew)
    }

    /// All files as one stream of documents.
    static func stream(_ files: [ConvertedFile]) -> [UInt8] {
        var output: [UInt8] = []
        for file in files where !file.after.isEmpty {
            if !output.isEmpty {
                if output.last != UInt8(ascii: "\n") { output.append(UInt8(ascii: "\n")) }
                if !file.after.starts(with: Array("---".utf8)) { output += Array("---\n".utf8) }
            }
            output += file.after
        }
        return output
    }

    // MARK: Reports

    private func report(_ report: ConversionReport) throws {
        guard let path = command.report else {
            if !command.quiet { ConvertFiles.printError(ConversionReportText.text(report), terminator: "") }
            return
        }
        let text: String
        if path.hasSuffix(".md") || path.hasSuffix(".markdown") {
            text = ConversionReportText.markdown(report)
        } else if path.hasSuffix(".json") {
            text = JSONWriter.text(.object(JSONObject(ConversionReportText.json(report))), layout: .pretty) + "\n"
        } else {
            text = ConversionReportText.text(report)
        }
        try ConvertFiles.replace(path, with: Array(text.utf8), isNew: true)
    }

    private func json(_ result: DeploymentConverter.Result) -> JSONValue {
        let isWritten = command.inPlace || command.outputDir != nil
        let files = result.files.map { file -> JSONValue in
            var fields: [(String, JSONValue)] = [
                ("file", .string(file.name)), ("changed", .boolean(file.isChanged)), ("new", .boolean(file.isNew)),
            ]
            if command.diff { fields.append(("diff", .string(String(decoding: Self.diff(of: file), as: UTF8.self)))) }
            if !isWritten { fields.append(("content", .string(String(decoding: file.after, as: UTF8.self)))) }
            return .object(JSONObject(fields))
        }
        let diagnostics = result.diagnostics.map { diagnostic -> JSONValue in
            [
                "rule": .string(diagnostic.rule.description), "severity": .string(diagnostic.severity.rawValue),
                "message": .string(diagnostic.message), "file": .string(diagnostic.span.file),
                "line": .int(diagnostic.span.start.line), "column": .int(diagnostic.span.start.column),
                "endLine": .int(diagnostic.span.end.line), "endColumn": .int(diagnostic.span.end.column),
                "hint": diagnostic.hint.map { .string($0) } ?? .null,
            ]
        }
        return .object(
            JSONObject(
                [("files", .array(files))] + ConversionReportText.json(result.report) + [
                    ("diagnostics", .array(diagnostics))
                ]))
    }

    private static func text(of diagnostic: Diagnostic) -> String {
        let start = diagnostic.span.start
        var text =
            "\(diagnostic.span.file):\(start.line):\(start.column): \(diagnostic.severity.rawValue): "
            + "\(diagnostic.message) [\(diagnostic.rule)]"
        if !diagnostic.line.isEmpty { text += "\n    " + diagnostic.line }
        if let hint = diagnostic.hint { text += "\n    hint: " + hint }
        return text
    }
}
