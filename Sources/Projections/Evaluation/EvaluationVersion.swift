/// The rules by which cases are evaluated, as a number: raised whenever the same definitions and events
/// give other facts than before, so that figures made by other rules never stand under one digest.
public enum EvaluationVersion {
    /// The present rules.
    public static let current = 4
}
