import Foundation
import Testing

/// Method: the whole store is changed behind Rekam's back, as somebody with the disk in hands would,
/// at every layer; `rekam verify`, or whatever signs, must end with 1 and say where. Layers within
/// the data file are changed through LMDB itself in `VerificationTests`, bit by bit in
/// `BitFlipTests`.
@Suite("Tampering")
struct TamperingTests {
    private func desk() throws -> Command {
        let command = try Command()
        let result = try command.shell(
            """
            set -e
            rekam init > /dev/null
            rekam generate --events 1500 --seed 7 > events
            rekam ingest events > /dev/null
            rekam checkpoint > first
            """)
        #expect(result.code == 0, "\(result)")
        return command
    }

    @Test(
        "Turned bits of the data file never crash it: each is named with 1, or lies on free ground")
    func bits() throws {
        let command = try desk()
        let file = command.folder.appending(path: "store/data.mdb")
        let whole = try Data(contentsOf: file)
        let isThorough = ProcessInfo.processInfo.environment["REKAM_THOROUGH"] == "1"
        let seed: UInt64 = 20_260_105
        var state = seed
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var named = 0
        let rounds = isThorough ? 1_000 : 24
        for _ in 0..<rounds {
            let (place, bit) = (next(whole.count), next(8))
            var damaged = whole
            damaged[place] ^= 1 << UInt8(bit)
            try damaged.write(to: file)
            let result = try command.run("verify")
            let mark = "seed \(seed), page \(place / 4096), byte \(place % 4096), bit \(bit)"
            #expect(result.code == 0 || result.code == 1, "\(mark): \(result)")
            if result.code == 1 {
                named += 1
                #expect(result.error.contains("does not hold: "), "\(mark): \(result)")
            }
        }
        #expect(named > rounds / 3, "\(named) of \(rounds)")
        try whole.write(to: file)
        try #expect(command.run("verify").code == 0)
    }

    @Test("An old data file put back is refused by all that signs, and by verify")
    func putBack() throws {
        let command = try desk()
        let result = try command.shell(
            """
            cp store/data.mdb old
            rekam generate --events 200 --seed 8 --origin b > more; rekam ingest more > /dev/null
            rekam checkpoint > second
            cp store/data.mdb new; cp old store/data.mdb; rm -f store/lock.mdb
            rekam verify; echo "verify $?"
            rekam checkpoint; echo "checkpoint $?"
            rekam proof 5; echo "proof $?"
            rekam snapshot export --period 2025-Q3 --out q3; echo "snapshot $?"
            rekam log export-tiles t; echo "tiles $?"; ls -d q3* t 2>&-
            cp new store/data.mdb; rm -f store/lock.mdb
            rekam verify > /dev/null; echo "again $?"
            """)
        for word in ["verify", "checkpoint", "proof", "snapshot", "tiles"] {
            #expect(result.out.contains("\(word) 1\n"), "\(word): \(result)")
        }
        #expect(result.out.hasSuffix("tiles 1\nagain 0\n"), "\(result)")
        #expect(result.error.contains("rolled back: it has"), "\(result)")
    }

    @Test("A log rewritten from the same beginning is a fork, and nothing is signed for it")
    func fork() throws {
        let command = try desk()
        let result = try command.shell(
            """
            cp -r store kept
            rekam generate --events 300 --seed 8 --origin b > more; rekam ingest more > /dev/null
            rekam checkpoint > second
            rm -r store; mv kept store
            rekam generate --events 400 --seed 9 --origin c > other
            rekam ingest other > /dev/null; echo "rolled back $?"
            mv store.checkpoint aside; rekam ingest other > /dev/null; mv aside store.checkpoint
            rekam checkpoint; echo "checkpoint $?"
            rekam verify; echo "verify $?"
            """)
        // Nothing comes into a store that was rolled back; here somebody took away what tells.
        #expect(result.out.contains("rolled back 1"), "\(result)")
        #expect(result.out.contains("checkpoint 1"), "\(result)")
        #expect(result.out.contains("verify 1"), "\(result)")
        #expect(result.error.contains("are not those that were signed"), "\(result)")
    }

    @Test("A kept checkpoint that was changed, or is another log's, is named")
    func keptFile() throws {
        let command = try desk()
        let changes: [(how: String, named: String)] = [
            ("sed -i '2s/.*/1/' store.checkpoint", "not signed with this store's key"),
            ("echo nonsense > store.checkpoint", "no signed checkpoint"),
            ("sed -i '1s/.*/other/' store.checkpoint", "of the log other"),
            (": > store.checkpoint", "no signed checkpoint"),
        ]
        for (how, named) in changes {
            let result = try command.shell(
                """
                cp first store.checkpoint; \(how)
                rekam checkpoint; echo "checkpoint $?"; rekam verify; echo "verify $?"
                """)
            #expect(result.out.contains("checkpoint 1"), "\(how): \(result)")
            #expect(result.out.contains("verify 1"), "\(how): \(result)")
            #expect(result.error.contains(named), "\(how): \(result)")
        }
    }

    @Test("A proof holds for its entry, its log and its key alone")
    func proofs() throws {
        let command = try desk()
        let result = try command.shell(
            """
            rekam checkpoint --verifier > key
            rekam proof 700 > p; rekam log show 700 --tokens > e; rekam log show 701 --tokens > f
            rekam proof --check p --entry e --key "$(cat key)"; echo "right $?"
            rekam proof --check p --entry f --key "$(cat key)"; echo "entry $?"
            sed '3s/^..../AAAA/' p > q; rekam proof --check q --entry e --key "$(cat key)"
            echo "path $?"
            sed 's/^index 700/index 701/' p > q; rekam proof --check q --entry e --key "$(cat key)"
            echo "index $?"
            REKAM_STORE=x rekam init > /dev/null; REKAM_STORE=x rekam checkpoint --verifier > other
            rekam proof --check p --entry e --key "$(cat other)"; echo "key $?"
            """)
        #expect(result.out.contains("right 0"), "\(result)")
        for word in ["entry", "path", "index", "key"] {
            #expect(result.out.contains("\(word) 1"), "\(word): \(result)")
        }
    }

    @Test("Tools that are not ours agree on tree, tiles, proofs and signatures")
    func external() throws {
        let own = Command.root.appending(path: ".venv/bin/python").path
        let python = ProcessInfo.processInfo.environment["REKAM_PYTHON"] ?? own
        let command = try desk()
        let script = Command.root.appending(path: "tools/conformance/log.py").path
        let result = try command.shell(
            """
            set -e
            \(python) -c 'import pymerkle' || { echo "no pymerkle: tools/setup --tests"; exit 9; }
            rekam generate --events 1200 --seed 8 --origin b > more; rekam ingest more > /dev/null
            count=$(rekam checkpoint | sed -n 2p)
            for n in 0 1 255 256 700 $((count - 1)); do rekam proof $n > proof-$n; done
            rekam proof 700 --to 1024 > proof-early
            rekam proof --from $(sed -n 2p first) > grown
            rekam log export-tiles t --with-answers > /dev/null
            \(python) \(script) t --key "$(rekam checkpoint --verifier)" \
            $(for p in proof-*; do echo --inclusion $p; done) --consistency grown --earlier first
            cp -r t u; printf x | dd of=u/tile/entries/002 bs=1 seek=99 conv=notrunc 2> /dev/null
            \(python) \(script) u --key "$(rekam checkpoint --verifier)" || echo "damaged $?"
            """)
        #expect(result.code == 0, "\(result)")
        #expect(result.out.components(separatedBy: "inclusion of entry").count == 8, "\(result)")
        #expect(result.out.contains("consistency of"), "\(result)")
        #expect(result.out.hasSuffix("damaged 1\n"), "\(result)")
    }

    @Test("Tiles grow with the log, and a folder of another log is refused")
    func tiles() throws {
        let command = try desk()
        let result = try command.shell(
            """
            rekam log export-tiles t; find t -type f | sort | xargs sha256sum > sums
            rekam generate --events 700 --seed 8 --origin b > more; rekam ingest more > /dev/null
            rekam log export-tiles t; grep -v checkpoint sums | sha256sum -c --quiet; echo "kept $?"
            rekam log export-tiles whole > /dev/null
            diff -rq t whole | grep -v '^Only in t' ; echo "same $?"
            REKAM_STORE=x rekam init > /dev/null
            REKAM_STORE=x rekam log export-tiles t; echo "other $?"
            mkdir full; touch full/x; rekam log export-tiles full; echo "full $?"
            """)
        #expect(result.out.contains("were there)"), "\(result)")
        #expect(result.out.contains("kept 0"), "\(result)")
        #expect(result.out.contains("same 1"), "only older partial tiles are more: \(result)")
        #expect(result.out.contains("other 1"), "\(result)")
        #expect(result.out.contains("full 74"), "\(result)")
    }
}
