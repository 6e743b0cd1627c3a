import Foundation
import Testing

/// Method: stores are put back to older files, written to twice, and their keys changed; every command
/// that opens them is typed, and what was signed is compared by those who hold nothing but files.
@Suite("One log, grown, rolled back or with two histories")
struct HistoryTests {
    /// A store of some events, with a checkpoint of more kept beside it: its older data file is back.
    private func rolledBack() throws -> Command {
        let command = try Command()
        let result = try command.shell(
            """
            set -e
            rekam init --origin cs.example.com/log > /dev/null
            rekam generate --events 300 --seed 3 | rekam ingest - > /dev/null
            rekam generate --events 60 --seed 4 --origin b > later
            rekam checkpoint > early.checkpoint; rekam checkpoint --verifier > key
            cp store/data.mdb old.mdb; cp store/private.mdb old.private
            rekam ingest later > /dev/null; rekam checkpoint > late.checkpoint
            cp -r store whole; cp old.mdb store/data.mdb; cp old.private store/private.mdb
            rm -f store/lock.mdb
            """)
        #expect(result.code == 0, "\(result)")
        return command
    }

    /// Every command that reads tells it and answers; none that records does.
    private func expectTold(_ word: String, by command: Command) throws {
        let before = try command.shell("rekam log stat | head -3").out
        for typed in [
            "query ticket_volume --period 2025-09", "kpi list", "log stat", "backup copy",
            "ingest --dry-run later", "period list",
        ] {
            let result = try command.shell("rekam \(typed)")
            #expect(result.code == 0 && result.error.contains(word), "\(typed): \(result)")
        }
        for typed in [
            "ingest later", "void --entries 250..252 --reason x",
            "period close 2025-01 --reason x", "calendar use always", "backup other --verify",
            "status", "verify", "checkpoint",
        ] {
            let result = try command.shell("rekam \(typed)")
            #expect(result.code == 1 && result.error.contains(word), "\(typed): \(result)")
        }
        let doctor = try command.run("doctor", "--format", "json")
        #expect(doctor.code == 1 && doctor.out.contains(word), "\(doctor)")
        #expect(try command.shell("ls other").code != 0, "nothing was called verified")
        #expect(try command.shell("rekam log stat | head -3").out == before)
    }

    @Test("A store put back to an older file is told by all who open it, and written to by none")
    func older() throws {
        let command = try rolledBack()
        try expectTold("the store was rolled back", by: command)
        let status = try command.run("status", "--format", "json")
        #expect(
            status.out.contains("\"checkpoint_fault\":\"the store was rolled back"), "\(status)")
        let accepted = try command.shell(
            """
            rekam restore --accept-rollback "disk failed" > /dev/null && rekam ingest later > /dev/null \
            && rekam checkpoint > /dev/null && rekam verify | tail -1 && rekam status | grep Checkpoint
            """)
        #expect(accepted.code == 0 && accepted.out.contains("It holds"), "\(accepted)")
        #expect(accepted.out.contains("it holds, of "), "\(accepted)")
    }

    @Test("A store with another history than the one that was signed is told the same way")
    func rewritten() throws {
        let command = try rolledBack()
        // Written to where nobody looked.
        let grown = try command.shell(
            """
            mv store.checkpoint kept && rekam generate --events 200 --seed 5 --origin c \
            | rekam ingest - > /dev/null && mv kept store.checkpoint
            """)
        #expect(grown.code == 0, "\(grown)")
        try expectTold("the log was rewritten", by: command)
    }

    @Test("A kept file that is none, or another log's, is told, and stands in nobody's way")
    func foreign() throws {
        let command = try rolledBack()
        try command.shell("rm -r store; mv whole store; echo nonsense > store.checkpoint")
        let ingest = try command.shell("rekam ingest later")
        #expect(ingest.code == 0 && ingest.error.contains("no signed checkpoint"), "\(ingest)")
        let other = try command.shell(
            """
            REKAM_STORE=$PWD/b rekam init --origin other/log > /dev/null
            REKAM_STORE=$PWD/b rekam checkpoint > /dev/null
            rekam query ticket_volume --period 2025-09 --checkpoint-file b.checkpoint
            """)
        #expect(other.code == 0 && other.error.contains("of the log other/log"), "\(other)")
    }

    @Test(
        "Checkpoints are compared by files alone: grown, the same, forked, two logs, nothing known")
    func compared() throws {
        let command = try rolledBack()
        let result = try command.shell(
            """
            set -e
            say() { rekam checkpoint compare "$@" --format json \
            | sed -E 's/.*"relation":"([^"]*)".*/\\1/' || true; }
            size=$(sed -n 2p early.checkpoint); all=$(sed -n 2p late.checkpoint)
            rekam proof --from $size --to $all --store whole --checkpoint-file late.checkpoint > grown
            mv store.checkpoint kept
            # Of as many entries as were signed, others.
            rekam void --entries 250..250 --reason x > /dev/null
            until [ "$(rekam checkpoint | sed -n 2p)" -ge $all ]; do
                rekam void --entries $size..$size --reason again > /dev/null || true
                rekam generate --events 60 --seed 6 --origin d | rekam ingest - > /dev/null
            done
            rekam checkpoint > forked.checkpoint
            rekam proof --from $all > branch
            REKAM_STORE=$PWD/b rekam init --origin other/log > /dev/null
            REKAM_STORE=$PWD/b rekam checkpoint > other.checkpoint
            for key in "" "--key key"; do
                say early.checkpoint late.checkpoint $key
                say early.checkpoint late.checkpoint --proof grown $key
                say late.checkpoint early.checkpoint --proof grown $key
                say late.checkpoint late.checkpoint $key
                say late.checkpoint forked.checkpoint --proof branch $key
                say late.checkpoint other.checkpoint $key
            done
            set +e
            rekam checkpoint compare early.checkpoint late.checkpoint --proof grown --key key
            echo "grown $?"
            rekam checkpoint compare late.checkpoint forked.checkpoint --proof branch --key key
            echo "forked $?"
            rekam checkpoint compare early.checkpoint late.checkpoint --key key; echo "open $?"
            rekam checkpoint compare late.checkpoint late.checkpoint
            rekam checkpoint compare late.checkpoint late.checkpoint \
            --key "$(REKAM_STORE=$PWD/b rekam checkpoint --verifier)"; echo "stranger $?"
            """)
        let relations = ["not-established", "grown", "grown", "same", "forked", "two-logs"]
        let lines = result.out.split(separator: "\n").map(String.init)
        #expect(Array(lines.prefix(12)) == relations + relations, "\(result)")
        for word in [
            "One log, grown", "Both are signed with the key you gave", "grown 0", "TWO HISTORIES",
            "forked 1", "Not established: whether", "rekam proof --from", "open 1",
            "Who signed them was not checked", "is not signed with the key you gave", "stranger 1",
        ] { #expect(result.out.contains(word), "\(word): \(result)") }
    }

    @Test("Of two snapshots, compare and diff say the same: by the entries in the later one")
    func snapshotsCompared() throws {
        let command = try rolledBack()
        let result = try command.shell(
            """
            rm -r store; cp -r whole store
            export() { rekam snapshot export --period 2025-09 --out $1 "${@:2}" > /dev/null; }
            export old; rekam generate --events 60 --seed 6 --origin d | rekam ingest - > /dev/null
            export new --with-entries --with-answers
            rm -r store; mv whole store; rm store.checkpoint
            rekam generate --events 80 --seed 7 --origin e | rekam ingest - > /dev/null
            export early; rekam generate --events 10 --seed 8 --origin f | rekam ingest - > /dev/null
            export other --with-entries --with-answers
            say() { for command in "checkpoint compare" "snapshot diff"; do
            rekam $command $1 $2 --format json 2> /dev/null \
            | grep -oE '"(relation|logs)": ?"[a-z-]+"' | cut -d'"' -f4; done; }
            say old new; say early other; say old other; say new other; say old early
            """)
        let lines = result.out.split(separator: "\n").map(String.init)
        #expect(lines.count == 10, "\(result)")
        for place in stride(from: 0, to: lines.count - 1, by: 2) {
            #expect(lines[place] == lines[place + 1], "\(result)")
        }
        #expect(lines.prefix(2) == ["grown", "grown"] && lines.contains("forked"), "\(result)")
        #expect(lines.last == "not-established", "\(result)")
    }

    @Test("A key that signed nothing of the log is told when a backup is restored with it")
    func otherKey() throws {
        let command = try rolledBack()
        let result = try command.shell(
            """
            rm -r store; mv whole store
            rekam backup copy --with-key > /dev/null; rm -r store
            REKAM_STORE=$PWD/b rekam init --origin cs.example.com/log > /dev/null
            rekam restore copy --key b/key > /dev/null; echo "restored $?"
            rm -r store store.checkpoint
            rekam restore copy --key b/key | grep -c 'whether this key signed them, was not compared'
            rekam restore --accept-rollback none | grep -c 'store.checkpoint: whether'
            """)
        #expect(result.out.hasSuffix("restored 0\n1\n1\n"), "\(result)")
        #expect(result.error.contains("not signed with this store's key"), "\(result)")
    }

    @Test("Proofs of growth and of entries are checked, also across a change of the key")
    func proofs() throws {
        let command = try rolledBack()
        let result = try command.shell(
            """
            rm -r store; mv whole store
            size=$(sed -n 2p early.checkpoint)
            rekam proof --from $size > grown
            rekam proof --check grown --from early.checkpoint --key key; echo "grown $?"
            rekam proof --check grown --from late.checkpoint --key key; echo "else $?"
            rekam proof --check grown --entry early.checkpoint --key key; echo "kind $?"
            rekam proof --check grown --key key; echo "bare $?"
            rekam key rotate --reason yearly > /dev/null; rekam key rotate > /dev/null
            rekam key show --rotations > rotations
            rekam proof --from $size > later; rekam proof 30 > 30.proof
            rekam log show 30 --tokens > 30.json
            follow() { echo "$1: $(rekam proof --check $2 --key key "${@:3}" 2>&1 | tail -1)"; }
            follow without later --from early.checkpoint
            follow with later --from early.checkpoint --rotations rotations
            follow entry-without 30.proof --entry 30.json
            follow entry-with 30.proof --entry 30.json --rotations rotations
            rekam checkpoint > now.checkpoint
            rekam checkpoint compare early.checkpoint now.checkpoint --proof later --key key \
            --rotations rotations; echo "compared $?"
            """)
        for word in [
            "One log, grown", "grown 0", "begins at", "else 1", "check it with --from", "kind 1",
            "bare 64", "without: Error: later does not hold: the checkpoint in it is not signed",
            "with: Both are signed", "entry-without: Error: 30.proof does not prove",
            "entry-with: The entry is number 30", "compared 0",
        ] { #expect((result.out + result.error).contains(word), "\(word): \(result)") }
        // Every line of hashes changed, and the checkpoint's root.
        let lines = try command.shell("wc -l < grown").out
        let count = try #require(Int(lines.trimmingCharacters(in: .whitespacesAndNewlines)))
        for line in 1...count {
            let forged = try command.shell(
                """
                sed '\(line)s/[A-Yb-y]/Z/' grown > forged
                cmp -s grown forged || rekam proof --check forged --from early.checkpoint --key key
                """)
            let isSame = try command.shell("cmp -s grown forged").code == 0
            #expect(isSame || forged.code == 1, "line \(line): \(forged)")
        }
    }

    @Test(
        "A snapshot signed with a later key is followed to from an earlier one, unless that was lost"
    )
    func snapshots() throws {
        let command = try rolledBack()
        let result = try command.shell(
            """
            rm -r store; mv whole store
            export REKAM_CHECKPOINT=
            unset REKAM_CHECKPOINT
            rekam snapshot export --period 2025-09 --out plain > /dev/null; ls plain
            rekam key rotate > /dev/null; rekam key rotate > /dev/null
            rekam snapshot export --period 2025-09 --out turned > /dev/null
            rekam snapshot verify turned --key key; echo "turned $?"
            rm turned/rotations; rekam snapshot verify turned --key key; echo "without $?"
            rekam snapshot diff plain turned; echo "diff $?"
            rekam proof --from $(sed -n 2p plain/checkpoint) --to $(sed -n 2p turned/checkpoint) > grown
            rekam snapshot diff plain turned --proof grown | head -1
            rekam snapshot export --period 2025-09 --with-entries --with-answers --out whole-log \
            > /dev/null
            rekam snapshot diff plain whole-log --format json | grep '"logs"'
            rm store/key; rekam key rotate --lost --reason "disk failed" > /dev/null
            rekam snapshot export --period 2025-09 --out lost > /dev/null
            rekam snapshot verify lost --key key; echo "lost $?"
            """)
        for word in [
            "for which the one you gave vouches", "turned 0", "without 1", "diff 0", "lost 1",
            "Not established: whether", "One log, grown", "\"logs\": \"grown\"",
        ] { #expect(result.out.contains(word), "\(word): \(result)") }
        #expect(result.error.contains("nothing in it shows that your key vouches"), "\(result)")
        #expect(!result.out.prefix(80).contains("rotations"), "no key changed yet: \(result)")
    }

    @Test(
        "Two signed snapshots of two histories are told as such, and so is a store of another one")
    func forkedSnapshots() throws {
        let command = try rolledBack()
        let result = try command.shell(
            """
            rm store.checkpoint
            rekam generate --events 90 --seed 8 --origin e | rekam ingest - > /dev/null
            rekam snapshot export --period 2025-09 --with-entries --with-answers --out b > /dev/null
            rekam snapshot export --store whole --period 2025-09 --out a > /dev/null
            rekam snapshot diff a b; echo "diff $?"
            rekam snapshot diff a b --format csv > /dev/null; echo "csv $?"
            rekam snapshot verify a --store store; echo "verify $?"
            """)
        #expect(result.out.contains("TWO HISTORIES of one log"), "\(result)")
        #expect(result.out.contains("One holder signed both"), "\(result)")
        for word in ["diff 1", "csv 1", "verify 1"] {
            #expect(result.out.contains(word), "\(word): \(result)")
        }
        #expect(
            result.error.contains("are not those it was taken from. TWO HISTORIES"), "\(result)")
    }
}
