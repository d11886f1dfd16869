import ManifestKit
import Synchronization

/// Finds out about load balancers what plans ask for, outside of any plan, and keeps it for the next one.
final class LoadBalancerObserver: Sendable {
    /// A question that somebody has to answer.
    struct Work: Sendable {
        fileprivate var question: LoadBalancerQuestion
        fileprivate var rollout: ObjectName
    }

    private struct Memory: Sendable {
        var answers: [LoadBalancerQuestion: LoadBalancerAnswer] = [:]
        var underWay: Set<LoadBalancerQuestion> = []
    }

    /// Answers that are kept for one Rollout.
    private static let mostAnswers = 64

    private let source: any LoadBalancerSource
    private let settings: LoadBalancerKnowledge.Settings
    private let clock: any ClusterClock
    private let memories = Mutex<[ObjectName: Memory]>([:])

    init(source: any LoadBalancerSource, settings: LoadBalancerKnowledge.Settings, clock: any ClusterClock) {
        self.source = source
        self.settings = settings
        self.clock = clock
    }

    /// What is known for a Rollout.
    func knowledge(of rollout: ObjectName) -> LoadBalancerKnowledge {
        LoadBalancerKnowledge(settings: settings, answers: memories.withLock { $0[rollout]?.answers ?? [:] })
    }

    /// Notes that a plan that was made with some knowledge has been done, so that people know of it.
    func settle(_ knowledge: LoadBalancerKnowledge?, of rollout: ObjectName) {
        guard let knowledge else { return }
        memories.withLock { memories in
            for (question, answer) in knowledge.answers where memories[rollout]?.answers[question] == answer {
                memories[rollout]?.answers[question]?.isNews = false
            }
        }
    }

    /// Notes questions as under way, and returns those that nobody is answering yet.
    func begin(_ questions: Set<LoadBalancerQuestion>, of rollout: ObjectName) -> [Work] {
        memories.withLock { memories in
            var memory = memories[rollout] ?? Memory()
            let new = questions.subtracting(memory.underWay)
            memory.underWay.formUnion(new)
            if !new.isEmpty { memories[rollout] = memory }
            return new.map { Work(question: $0, rollout: rollout) }
        }
    }

    /// Answers a question.
    func perform(_ work: Work) async {
        let content = await source.answer(work.question, in: work.rollout.namespace)
        memories.withLock { memories in
            guard var memory = memories[work.rollout] else { return }
            memory.underWay.remove(work.question)
            if !Task.isCancelled {
                let known = memory.answers[work.question]
                // What is asked about the same object with another text makes way.
                memory.answers = memory.answers.filter { $0.key.subject != work.question.subject }
                if memory.answers.count >= Self.mostAnswers { memory.answers = [:] }
                memory.answers[work.question] = LoadBalancerAnswer(
                    content, at: clock.time, isNews: known?.isNews == true || known?.content != content)
            }
            memories[work.rollout] = memory
        }
    }

    /// Forgets a Rollout that is gone.
    func forget(_ rollout: ObjectName) { memories.withLock { $0[rollout] = nil } }
}

/// What answers questions about load balancers.
public protocol LoadBalancerSource: Sendable {
    /// What is found out; what goes wrong is an answer too.
    func answer(_ question: LoadBalancerQuestion, in namespace: String) async -> LoadBalancerAnswer.Content
}

extension LoadBalancerQuestion {
    /// The object that it is about.
    fileprivate var subject: String {
        switch self {
        case .divisions(let ingress, _, _): "Ingress/\(ingress)"
        case .targets(let service, _): "Service/\(service)"
        }
    }
}
