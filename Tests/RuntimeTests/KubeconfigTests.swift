import Foundation
import ManifestKit
import Testing

@testable import RolloutRuntime

/// What a kubeconfig comes to, from its text alone.
@Suite struct KubeconfigTests {
    /// The access that texts come to, each as the file `/home/me/.kube/<number>`.
    func access(_ texts: String..., context: String? = nil) throws -> ClusterAccess {
        let files = try texts.enumerated().map { try KubeconfigFile(text: $1, path: "/home/me/.kube/\($0)") }
        return try KubeconfigSet(files).access(context: context)
    }

    /// What is said about texts that come to nothing.
    func complaint(_ texts: String..., context: String? = nil) -> String {
        do {
            let files = try texts.enumerated().map { try KubeconfigFile(text: $1, path: "/home/me/.kube/\($0)") }
            _ = try KubeconfigSet(files).access(context: context)
            return ""
        } catch {
            return "\(error)"
        }
    }

    /// A kubeconfig with one cluster and one user.
    static func text(cluster: String = "server: https://10.0.0.1:6443", user: String = "token: abc") -> String {
        func indented(_ text: String) -> String {
            text.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
        }
        return """
            apiVersion: v1
            kind: Config
            current-context: prod
            clusters:
            - name: prod
              cluster:
            \(indented(cluster))
            users:
            - name: me
              user:
            \(indented(user))
            contexts:
            - name: prod
              context: {cluster: prod, user: me, namespace: shop}
            - name: bare
              context: {cluster: prod}
            - name: broken
              context: {cluster: prod, user: you}
            """
    }

    @Test func readsTheCurrentContext() throws {
        let access = try access(Self.text())
        #expect(access.server.description == "https://10.0.0.1:6443")
        #expect(access.namespace == "shop")
        #expect(access.credential == .token("abc"))
        #expect(access.trust == .system)
        #expect(access.origin == "context \"prod\" in /home/me/.kube/0")
    }

    @Test func takesAnotherContext() throws {
        let access = try access(Self.text(), context: "bare")
        #expect(access.namespace == "default")
        #expect(access.credential == .none)
        #expect(complaint(Self.text(), context: "test").contains("no context \"test\"; there is bare, broken, prod"))
        let broken = complaint(Self.text(), context: "broken")
        #expect(broken == "context \"broken\" in /home/me/.kube/0: there is no user \"you\"; there is me")
    }

    @Test func readsJSON() throws {
        let access = try access("""
            {"clusters": [{"name": "a", "cluster": {"server": "http://localhost:8080/"}}],
             "contexts": [{"name": "a", "context": {"cluster": "a"}}], "current-context": "a"}
            """)
        #expect(access.server.description == "http://localhost:8080")
        #expect(access.credential == .none)
    }

    @Test func ofSeveralFilesTheFirstCounts() throws {
        let first = """
            contexts:
            - name: prod
              context: {cluster: prod, user: you}
            users:
            - name: you
              user: {tokenFile: secrets/token}
            """
        let access = try access("", first, Self.text())
        #expect(access.credential == .tokenFile("/home/me/.kube/secrets/token"))
        #expect(access.server.host == "10.0.0.1")
        #expect(access.namespace == "default")
        #expect(access.origin == "context \"prod\" in /home/me/.kube/1")
        let current = try self.access("current-context: bare", Self.text())
        #expect(current.credential == .none)
    }

    @Test func readsCertificates() throws {
        let user = "client-certificate: me.crt\nclient-key-data: \(Base64.encoded(Array("key".utf8)))"
        let cluster = """
            server: https://api.example.com
            certificate-authority: /etc/ca.crt
            certificate-authority-data: \(Base64.encoded(Array("ca".utf8)))
            tls-server-name: kubernetes
            proxy-url: socks5://proxy:1081
            """
        let access = try access(Self.text(cluster: cluster, user: user))
        #expect(access.trust == .authorities(.bytes(Array("ca".utf8))))
        #expect(access.certificate?.chain == .file("/home/me/.kube/me.crt"))
        #expect(access.certificate?.key == .bytes(Array("key".utf8)))
        #expect(access.serverName == "kubernetes")
        #expect(access.proxy?.description == "socks5://proxy:1081")
        #expect(access.server.port == 443)
    }

    @Test func aTokenFileCountsBeforeAToken() throws {
        let access = try access(Self.text(user: "token: old\ntokenFile: /run/token"))
        #expect(access.credential == .tokenFile("/run/token"))
        let basic = try self.access(Self.text(user: "username: me\npassword: secret"))
        #expect(basic.credential == .password(user: "me", password: "secret"))
    }

    @Test func readsCredentialPrograms() throws {
        let user = """
            exec:
              apiVersion: client.authentication.k8s.io/v1
              command: ./bin/login
              args: [--cluster, prod]
              env:
              - {name: REGION, value: north}
              interactiveMode: Never
              provideClusterInfo: true
              installHint: get it from the platform team
            """
        let cluster = """
            server: https://10.0.0.1
            extensions:
            - name: client.authentication.k8s.io/exec
              extension: {audience: prod}
            """
        guard case .program(let program) = try access(Self.text(cluster: cluster, user: user)).credential else {
            Issue.record("no program")
            return
        }
        #expect(program.command == "/home/me/.kube/./bin/login")
        #expect(program.arguments == ["--cluster", "prod"])
        #expect(program.variables == ["REGION": "north"])
        #expect(program.interaction == .never)
        #expect(program.wantsClusterInfo)
        #expect(program.clusterConfiguration == #"{"audience":"prod"}"#)
        let plain = user.replacing("./bin/login", with: "login")
        guard case .program(let other) = try access(Self.text(user: plain)).credential else { return }
        #expect(other.command == "login")
    }

    @Test func readsImpersonation() throws {
        let access = try access(Self.text(user: "token: a\nas: jane\nas-groups: [dev]\nas-user-extra: {Scopes: [a b]}"))
        #expect(access.impersonation?.headers.map { "\($0.name): \($0.value)" } == [
            "Impersonate-User: jane", "Impersonate-Group: dev", "Impersonate-Extra-scopes: a b",
        ])
    }

    @Test(arguments: [
        ("server: ftp://a", "token: a", "cluster \"prod\" in /home/me/.kube/0: the server \"ftp://a\" is no http"),
        ("proxy-url: http://a", "token: a", "it has no server"),
        ("server: https://a\nproxy-url: ftp://b", "token: a", "the proxy-url \"ftp://b\""),
        ("server: https://a\nproxy-url: https://me:pw@b", "token: a", "the proxy-url \"https://b\" is no http or socks5"),
        ("server: https://a\nproxy-url: socks5://me:pw@b", "token: a", "\"socks5://b\" has a user name"),
        ("server: https://a\ncertificate-authority-data: '%'", "token: a", "certificate-authority-data is not base 64"),
        (
            "server: https://a\ncertificate-authority: a\ninsecure-skip-tls-verify: true", "token: a",
            "remove one of them"
        ),
        ("server: https://a\ninsecure-skip-tls-verify: yes please", "token: a", "is not true or false"),
        ("server: https://a", "auth-provider: {name: gcp}", "the auth-provider \"gcp\""),
        ("server: https://a", "client-key: a", "no client-certificate"),
        ("server: https://a", "client-certificate: a", "no client-key"),
        ("server: https://a", "token: 7", "user \"me\" in /home/me/.kube/0: token is no text"),
        ("server: https://a", "exec: {command: a, apiVersion: client.authentication.k8s.io/v1alpha1}", "v1alpha1"),
        ("server: https://a", "exec: {apiVersion: client.authentication.k8s.io/v1}", "it has no command"),
        (
            "server: https://a", "exec: {apiVersion: client.authentication.k8s.io/v1, command: a}",
            "interactiveMode is missing"
        ),
        ("server: https://a", "as-groups: [a]", "no user in \"as\""),
    ])
    func saysWhatIsWrong(_ cluster: String, _ user: String, _ problem: String) {
        let complaint = complaint(Self.text(cluster: cluster, user: user))
        #expect(complaint.contains(problem), "\(complaint)")
    }

    @Test(arguments: [
        ("kind: Pod", "it is a Pod, and no kubeconfig"),
        ("- a", "it is no kubeconfig"),
        ("clusters: {}", "clusters is no list"),
        ("users: [{user: {}}]", "users[0] has no name"),
        ("a: [", "line 1"),
        ("a: 1\na: 2", "line 2"),
        ("", "no context is current"),
        ("current-context: a", "there is no context \"a\"; there are no contexts at all"),
        ("current-context: a\ncontexts: [{name: a}]", "it names no cluster"),
    ])
    func saysWhatIsWrongWithAFile(_ text: String, _ problem: String) {
        let complaint = complaint(text)
        #expect(complaint.contains(problem), "\(complaint)")
        #expect(complaint.contains("/home/me/.kube/0"))
    }

    // MARK: Files

    @Test func findsFiles() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kubeconfig-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder.appending(path: ".kube"), withIntermediateDirectories: true)
        func options(_ variables: [String: String], _ kubeconfig: String? = nil) -> ClusterConnection.Options {
            ClusterConnection.Options(kubeconfig: kubeconfig, environment: variables)
        }
        let nothing = #expect(throws: KubeconfigError.self) {
            try AccessFinder.access(options(["HOME": folder.path]))
        }
        #expect(nothing?.description.contains("\(folder.path)/.kube/config") == true)
        let path = folder.appending(path: ".kube/config").path
        try Self.text().write(toFile: path, atomically: true, encoding: .utf8)
        #expect(try AccessFinder.access(options(["HOME": folder.path])).namespace == "shop")
        #expect(try AccessFinder.access(options(["KUBECONFIG": "/none:\(path):\(path)"])).namespace == "shop")
        #expect(try AccessFinder.access(options([:], path)).namespace == "shop")
        #expect(throws: KubeconfigError("none of the files that KUBECONFIG names is there: /none:/nil")) {
            try AccessFinder.access(options(["KUBECONFIG": "/none:/nil", "HOME": folder.path]))
        }
        #expect(throws: KubeconfigError("there is no kubeconfig /none")) {
            try AccessFinder.access(options(["HOME": folder.path], "/none"))
        }
    }

    @Test func readsTheServiceAccountOfAPod() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "account-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let environment = ["KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"]
        #expect(try AccessFinder.serviceAccount(environment, folder: folder.path) == nil)
        try "secret\n".write(to: folder.appending(path: "token"), atomically: true, encoding: .utf8)
        try "shop\n".write(to: folder.appending(path: "namespace"), atomically: true, encoding: .utf8)
        let access = try AccessFinder.serviceAccount(environment, folder: folder.path)
        #expect(access?.server.description == "https://[fd00::1]")
        #expect(access?.namespace == "shop")
        #expect(access?.credential == .tokenFile(folder.path + "/token"))
        #expect(access?.trust == .authorities(.file(folder.path + "/ca.crt")))
        #expect(try AccessFinder.serviceAccount([:], folder: folder.path) == nil)
    }

    // MARK: Proxies

    static let proxies: [(String, [String: String], String?)] = [
        ("https://api.example.com", ["HTTPS_PROXY": "http://proxy:3128"], "http://proxy:3128"),
        ("https://api.example.com", ["https_proxy": "proxy:3128"], "http://proxy:3128"),
        ("https://api.example.com", ["HTTP_PROXY": "http://proxy:3128"], nil),
        ("http://api.example.com", ["HTTP_PROXY": "http://proxy"], "http://proxy"),
        ("https://api.example.com", ["HTTPS_PROXY": "http://proxy", "NO_PROXY": "example.com"], nil),
        ("https://api.example.com", ["HTTPS_PROXY": "http://proxy", "NO_PROXY": ".example.com"], nil),
        ("https://example.com", ["HTTPS_PROXY": "http://proxy", "NO_PROXY": ".example.com"], "http://proxy"),
        ("https://api.example.com", ["HTTPS_PROXY": "http://proxy", "no_proxy": "a, *"], nil),
        ("https://api.example.com:6443", ["HTTPS_PROXY": "http://proxy", "NO_PROXY": "api.example.com:443"],
            "http://proxy"),
        ("https://10.1.2.3", ["HTTPS_PROXY": "http://proxy", "NO_PROXY": "10.0.0.0/8"], nil),
        ("https://10.1.2.3", ["HTTPS_PROXY": "http://proxy", "NO_PROXY": "10.1.2.4,10.1.2.0/31"], "http://proxy"),
        ("https://127.0.0.1:6443", ["HTTPS_PROXY": "http://proxy"], nil),
        ("https://localhost", ["HTTPS_PROXY": "http://proxy"], nil),
        ("https://[::1]", ["HTTPS_PROXY": "http://proxy"], nil),
    ]

    @Test(arguments: proxies)
    func findsTheProxyOfTheEnvironment(_ server: String, _ variables: [String: String], _ proxy: String?) throws {
        let server = try #require(ServerAddress(server, defaultScheme: "https"))
        #expect(try ProxyEnvironment(variables).proxy(for: server)?.description == proxy)
    }

    static let addresses: [(String, String?)] = [
        ("https://a:65536", nil), ("https://", nil), ("https://a b", nil), ("https://[::1", nil),
        ("a:80/x/", "http://a/x"), ("HTTPS://user:pw@A:1/?q#f", "https://A:1"), ("https://[::1]:6443", "https://[::1]:6443"),
    ]

    @Test(arguments: addresses) func takesURLsApart(_ text: String, _ expected: String?) {
        #expect(ServerAddress(text, defaultScheme: "http")?.description == expected)
    }
}
