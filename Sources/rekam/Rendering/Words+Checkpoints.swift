package import EventModel

/// Two checkpoints held against each other, for the words about it.
package struct ComparedCheckpoints {
    /// How they stand to each other.
    package enum Standing { case same, grown, forked, otherLog, notEstablished }

    package var standing: Standing
    /// The logs' names; one twice where it is one log.
    package var origins: (String, String)
    /// Entries of the smaller and of the larger one.
    package var sizes: (smaller: UInt32, larger: UInt32)

    package init(
        _ standing: Standing, origins: (String, String), sizes: (smaller: UInt32, larger: UInt32)
    ) {
        self.standing = standing
        self.origins = origins
        self.sizes = sizes
    }
}

/// What is said of checkpoints, proofs and what signed them, in both languages.
package struct CheckpointWords: SubjectWords {
    package let language: Language

    package init(_ language: Language) { self.language = language }

    // MARK: Comparing

    /// How two checkpoints stand to each other.
    package func relation(_ compared: ComparedCheckpoints) -> String {
        let origin = compared.origins.0.printable
        let few = number(compared.sizes.smaller)
        let all = number(compared.sizes.larger)
        switch compared.standing {
        case .same:
            return pick(
                "One state of one log: both are of the same \(few) entries of \(origin).",
                "Satu keadaan dari satu log: keduanya atas \(few) entri \(origin) yang sama.")
        case .grown:
            return pick(
                "One log, grown: the first \(few) of the \(all) entries of \(origin) are those of the "
                    + "earlier checkpoint.",
                "Satu log yang bertambah: \(few) entri pertama dari \(all) entri \(origin) adalah isi "
                    + "checkpoint yang lebih lama.")
        case .forked:
            return pick(
                "TWO HISTORIES of one log: the first \(few) entries of \(origin) are two different "
                    + "things in these two, and no log has both. Keep both files.",
                "DUA RIWAYAT dari satu log: \(few) entri pertama \(origin) berbeda di antara "
                    + "keduanya, dan tidak ada log yang memuat keduanya. Simpan kedua berkas.")
        case .otherLog:
            return pick("Two logs: ", "Dua log: ") + origin + pick(" and ", " dan ")
                + compared.origins.1.printable + "."
        case .notEstablished:
            let ask = "rekam proof --from \(compared.sizes.smaller) --to \(compared.sizes.larger)"
            return pick(
                "Not established: whether the \(all) entries of \(origin) continue the \(few). Give "
                    + "what \"\(ask)\" prints as --proof.",
                "Belum terbukti: apakah \(all) entri \(origin) meneruskan yang \(few). Beri hasil "
                    + "\"\(ask)\" dengan --proof.")
        }
    }

    package var signed: String {
        pick(
            "Both are signed with the key you gave, or with one that it vouches for.",
            "Keduanya ditandatangani dengan kunci yang Anda beri, atau dengan kunci yang dijaminnya."
        )
    }

    /// - Parameter file: whose signature is somebody else's.
    package func notSigned(_ file: String) -> String {
        pick(
            "\(file) is not signed with the key you gave, nor with one that it vouches for: nothing "
                + "follows from it.",
            "\(file) tidak ditandatangani dengan kunci yang Anda beri, atau dengan kunci yang "
                + "dijaminnya: tidak ada yang dapat disimpulkan darinya.")
    }

    package var unchecked: String {
        pick(
            "Who signed them was not checked: give the log's verifier key as --key.",
            "Siapa yang menandatanganinya belum diperiksa: beri kunci pemeriksa log dengan --key.")
    }

    // MARK: Proofs

    /// - Parameter log: its name.
    package func proved(_ index: UInt32, of log: String) -> String {
        pick(
            "The entry is number \(index) of the log \(log), signed by the key you gave.",
            "Entri ini nomor \(index) dalam log \(log), ditandatangani dengan kunci yang Anda beri."
        )
    }
}
