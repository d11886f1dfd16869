/// What the help of all operations says.
enum OperationHelp {
    /// The exit codes.
    static let exitCodes = """
        With several Rollouts each is done by itself, whatever becomes of the others. The exit code is 0 when all was \
        done, 1 when something was refused or failed, and 2 for wrong usage.
        """
}
