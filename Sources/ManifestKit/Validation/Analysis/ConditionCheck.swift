/// Checks the expression in a scalar, in which arguments may still be open.
enum ConditionCheck {
    /// What was found: nothing, a fault at a place in the scalar's text, or an expression that no likely value
    /// completes.
    enum Outcome {
        case sound
        case faulty(ExpressionFailure)
        case doubtful(ExpressionFailure)
    }

    /// What an open argument is taken to stand for, the likeliest first.
    private static let candidates = ["1", "a", "result", ">", "> 1", "", "true"]

    /// Checks a text with a reader of expressions.
    static func check(
        _ text: String, values: [String: String], _ read: (String) throws(ExpressionFailure) -> Void
    ) -> Outcome {
        let tags = ArgumentTags(text)
        guard !tags.isEmpty else { return failure(of: text, read).map { .faulty($0) } ?? .sound }
        guard tags.unclosed == nil else { return .sound }
        let known = tags.tags.compactMap { tag in tag.argument.flatMap { values[$0] } }
        if known.count == tags.tags.count {
            let filled = tags.replaced { tag in tag.argument.flatMap { values[$0] } ?? "" }
            guard let failure = failure(of: filled, read) else { return .sound }
            return .faulty(ExpressionFailure(failure.message + ", with the arguments filled in", 0..<text.utf8.count))
        }
        return checkOpen(text, tags, read)
    }

    private static func failure(
        of text: String, _ read: (String) throws(ExpressionFailure) -> Void
    ) -> ExpressionFailure? {
        do throws(ExpressionFailure) {
            try read(text)
            return nil
        } catch {
            return error
        }
    }

    private static func checkOpen(
        _ text: String, _ tags: ArgumentTags, _ read: (String) throws(ExpressionFailure) -> Void
    ) -> Outcome {
        var first: ExpressionFailure?
        for candidate in candidates {
            guard let failure = failure(of: tags.replaced { _ in candidate }, read) else { return .sound }
            if first == nil { first = failure }
        }
        // Two open places of different kinds, an operator and a number, say.
        if tags.tags.count > 1, tags.tags.count < 4 {
            let choices = candidates.count
            var total = 1
            for _ in tags.tags { total *= choices }
            for combination in 0..<total {
                var rest = combination
                let filled = tags.replaced { _ in
                    defer { rest /= choices }
                    return candidates[rest % choices]
                }
                if failure(of: filled, read) == nil { return .sound }
            }
        }
        guard let failure = first, let opening = tags.tags.first?.range.lowerBound else { return .sound }
        // What stands before the first open place, and does not touch it, no value can mend.
        if failure.range.upperBound < opening { return .faulty(failure) }
        return .doubtful(ExpressionFailure(failure.message, 0..<text.utf8.count))
    }
}
