extension String {
    /// The text without regard to letter case, in no locale: `STRASSE`, `Straße` and `STRAẞE` have the
    /// same.
    ///
    /// To lower case first, for great letters that have a small one of their own; then to upper case and
    /// back, so that letters with several small forms, or whose great form is two letters, meet.
    package var caseFolded: String { lowercased().uppercased().lowercased() }
}
