import ArgumentParser
import RolloutRuntime

extension RolloutOperator.DryRun: ExpressibleByArgument {}
