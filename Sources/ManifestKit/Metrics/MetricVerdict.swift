extension AnalysisMetric {
    /// What the conditions make of a result: whether it is good, bad, or neither.
    ///
    /// A condition that cannot be worked out is a problem; `type` is what the provider knows of every result, where
    /// that is less than the value shows.
    public func verdict(
        on result: ExpressionValue, type: ExpressionType? = nil, now: PresentMoment
    ) -> Result<AnalysisPhase, AnalysisProblem> {
        var answers: [Bool?] = []
        for (field, condition) in [("successCondition", successCondition), ("failureCondition", failureCondition)] {
            guard let condition else {
                answers.append(nil)
                continue
            }
            switch Expression.holds(condition, result: result, type: type, now: now) {
            case .success(let answer): answers.append(answer)
            case .failure(let failure):
                let reason = result.isNothing
                    ? "metric result is nil or empty: no data returned from the metric provider" : failure.message
                return .failure(AnalysisProblem("could not evaluate \(field) \"\(condition)\": \(reason)"))
            }
        }
        switch (answers[0], answers[1]) {
        case (nil, nil): return .success(.successful)
        case (let isGood?, nil): return .success(isGood ? .successful : .failed)
        case (nil, let isBad?): return .success(isBad ? .failed : .successful)
        case (_, true?): return .success(.failed)
        case (let isGood?, false?): return .success(isGood ? .successful : .inconclusive)
        }
    }
}

extension ExpressionValue {
    /// Whether it is null or an empty list.
    fileprivate var isNothing: Bool {
        if case .array(let elements) = self { return elements.isEmpty }
        return isNull
    }
}
