import Foundation
import Testing

/// Method: the built command rotates keys, is stopped between its steps, loses keys and goes back to
/// backups; who holds an earlier verifier key or checkpoint must be able to follow or to notice.
@Suite("Keys and going back")
struct KeyTests {
    private func store() throws -> Command {
        let command = try Command()
        #expect(try command.run("init").code == 0)
        #expect(
            try command.shell("rekam generate --events 300 --seed 3 | rekam ingest -").code == 0)
        return command
    }

    /// Backs the store up, records and signs more, and goes back: entries that were signed are gone.
    private func goBack(_ backup: String = "rekam backup copy") -> String {
        """
        \(backup) > /dev/null
        rekam generate --events 100 --seed 9 --origin b | rekam ingest - > /dev/null
        rekam checkpoint > /dev/null; mv store away; rekam restore copy > /dev/null
        """
    }

    @Test("A rotated key signs on, the earlier one vouches for it, and checkpoints stay good")
    func rotate() throws {
        let command = try store()
        let first = try command.run("key", "show")
        #expect(first.code == 0 && first.out.hasPrefix("rekam.local/log+"), "\(first)")
        #expect(try command.run("checkpoint").code == 0)
        let rotated = try command.run("key", "rotate", "--reason", "yearly", "--by", "sari")
        #expect(rotated.code == 0, "\(rotated)")
        let second = try command.run("key", "show")
        #expect(second.out.split(separator: "\n")[0] != first.out.split(separator: "\n")[0])
        #expect(second.out.contains("names its successor"), "\(second)")
        #expect(second.out.contains(first.out.trimmingCharacters(in: .newlines)), "\(second)")
        // The checkpoint kept is the earlier key's, and still lets the new one sign.
        #expect(try command.run("checkpoint").code == 0)
        #expect(try command.run("key", "rotate").code == 0)
        #expect(try command.run("checkpoint").code == 0)
        #expect(try command.run("verify").code == 0)
        let mode = try command.shell("stat -c %a store/key; ls store | grep -c next; true").out
        #expect(mode == "600\n0\n", "\(mode)")
        let entries = try command.shell("rekam log case log/store | grep -c key.rotated").out
        #expect(entries == "2\n")
    }

    @Test("An earlier key put back is refused, and so is a new one that nothing recorded")
    func wrongKey() throws {
        let command = try store()
        let result = try command.shell(
            """
            cp -p store/key old; rekam key rotate > /dev/null; cp -p store/key new
            cp -p old store/key; rekam checkpoint; echo "old $?"
            cp -p new store/key; rekam checkpoint > /dev/null; echo "new $?"
            # As if the machine had stopped after the entry, before the file took its name.
            cp -p new store/key.next; cp -p old store/key; rekam checkpoint > /dev/null; echo "healed $?"
            cmp new store/key && echo same
            """)
        #expect(result.out.contains("old 74"), "\(result)")
        #expect(result.error.contains("replaced it by another"), "\(result)")
        for word in ["new 0", "healed 0", "same"] {
            #expect(result.out.contains(word), "\(word): \(result)")
        }
    }

    @Test("A lost key is replaced only with a reason, and nothing vouches for the next one")
    func lost() throws {
        let command = try store()
        #expect(try command.run("checkpoint").code == 0)
        try command.shell("rm store/key")
        let refused = try command.run("key", "rotate")
        #expect(refused.code == 74 && refused.error.contains("key"), "\(refused)")
        #expect(try command.run("key", "rotate", "--lost").code == 64)
        let made = try command.run("key", "rotate", "--lost", "--reason", "disk failed")
        #expect(made.code == 0 && made.out.contains("Nothing vouches"), "\(made)")
        #expect(try command.run("key", "show").out.contains("a key that was lost"))
        // What was kept is the lost key's: it stays, and is signed anew only as its entries are here.
        #expect(made.out.contains("store.checkpoint.superseded-"), "\(made)")
        #expect(try command.run("checkpoint").code == 0)
        #expect(try command.run("verify").code == 0)
        let rolledBack = try command.shell(
            """
            \(goBack())
            rekam key rotate --lost --reason "no copy of it"; echo "rotated $?"
            rekam checkpoint; echo "refused $?"
            rekam restore --accept-rollback "disk failed" > /dev/null; echo "accepted $?"
            rekam checkpoint > /dev/null; echo "signed $?"
            """)
        for word in ["rotated 0", "refused 1", "accepted 0", "signed 0"] {
            #expect(rolledBack.out.contains(word), "\(word): \(rolledBack)")
        }
        #expect(rolledBack.out.components(separatedBy: "superseded").count == 1, "\(rolledBack)")
    }

    @Test("Rotations and checkpoints at once leave a key that signs what the log says")
    func atOnce() throws {
        let command = try store()
        let result = try command.shell(
            """
            for round in 1 2 3 4 5 6; do
                rekam key rotate --reason a > /dev/null & first=$!
                rekam key rotate --reason b > /dev/null & second=$!
                rekam checkpoint > /dev/null & third=$!
                for process in $first $second $third; do wait $process || echo "failed $round"; done
                rekam checkpoint > /dev/null || echo "lost $round"
            done
            ls store | grep -c next; rekam log case log/store | grep -c key.rotated; rekam verify | tail -1
            """)
        #expect(result.out.hasPrefix("0\n12\nIt holds"), "\(result)")
    }

    @Test("Verification says that a kept signature was not checked where there is no key for it")
    func unchecked() throws {
        let command = try store()
        #expect(try command.run("checkpoint").code == 0)
        #expect(try !command.run("verify").out.contains("NOT checked"))
        for change in ["chmod 644 store/key", "rm store/key"] {
            let result = try command.shell("\(change); rekam verify")
            #expect(result.code == 0 && result.out.contains("NOT checked"), "\(change): \(result)")
        }
    }

    @Test("A gap is recorded once, whoever accepts it again or at the same time")
    func acceptedOnce() throws {
        let command = try store()
        let result = try command.shell(
            """
            \(goBack("rekam backup copy --with-key"))
            cp store.checkpoint kept
            rekam restore --accept-rollback one > /dev/null & first=$!
            rekam restore --accept-rollback two > /dev/null & second=$!
            wait $first; echo "first $?"; wait $second; echo "second $?"
            # As if it had been killed between the entry and the checkpoint.
            cp kept store.checkpoint; rekam restore --accept-rollback three > /dev/null; echo "third $?"
            rekam log case log/store | grep -c store.restored; rekam checkpoint > /dev/null; echo "signed $?"
            """)
        #expect(result.out == "first 0\nsecond 0\nthird 0\n1\nsigned 0\n", "\(result)")
    }

    @Test("Going back to a backup is noticed before anything is signed, and recorded when accepted")
    func rollback() throws {
        let command = try store()
        let result = try command.shell(
            """
            rekam backup copy --with-key > /dev/null
            rekam generate --events 100 --seed 9 --origin b | rekam ingest - > /dev/null
            rekam checkpoint > /dev/null
            mv store lost
            rekam restore copy; echo "restored $?"
            rekam checkpoint; echo "refused $?"
            rekam restore --accept-rollback " "; echo "why $?"
            rekam restore --accept-rollback "disk failed" --by sari; echo "accepted $?"
            rekam checkpoint > /dev/null; echo "signed $?"
            rekam restore --accept-rollback "again"; echo "again $?"
            rekam verify > /dev/null; echo "holds $?"
            rekam log case log/store
            """)
        for word in [
            "restored 0", "entries that were signed are not in it", "refused 1", "why 64",
            "accepted 0", "are gone", "signed 0", "nothing to accept", "again 0", "holds 0",
            "\"type\":\"store.restored\"", "\"reason\":\"disk failed\"", "\"by\":\"sari\"",
        ] {
            #expect(result.out.contains(word), "\(word): \(result)")
        }
        #expect(result.error.contains("rolled back"), "\(result)")
        // In one go.
        let once = try command.shell(
            """
            rm -rf store; rekam restore copy --accept-rollback "once more"; echo "code $?"
            rekam checkpoint > /dev/null; echo "signed $?"
            """)
        #expect(once.out.contains("code 0") && once.out.contains("signed 0"), "\(once)")
    }
}
