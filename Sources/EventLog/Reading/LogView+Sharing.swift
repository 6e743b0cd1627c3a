extension LogView {
    /// Another handle on the same transaction, for what has to keep one while `LogStore.read` runs.
    /// Like the view itself it is invalid once that returns.
    package func sharing() throws -> LogView {
        try LogView(store: store, transaction: transaction)
    }
}
