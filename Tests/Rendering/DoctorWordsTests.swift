import EventModel
import Operating
import Testing

@testable import Rendering

/// Method: one finding of each kind and weight, with what is said of it written out.
@Suite("What the doctor says")
struct DoctorWordsTests {
    private static let now = Instant(milliseconds: 1_767_574_800_000)
    private static let time = "2026-01-05T01:00:00.000Z"

    private typealias Said = (finding: Finding, text: String, remedy: String)

    private static func said(
        _ level: Finding.Level, _ matter: Finding.Matter, _ text: String, _ remedy: String = ""
    ) -> Said { (Finding(level, matter), text, remedy) }

    private static let ofMachines: [Said] = [
        said(
            .fine, .machine(.processor(cores: 1, kernel: "haswell")),
            "1 core; events are parsed with \"haswell\" instructions."),
        said(
            .note, .machine(.processor(cores: 2, kernel: "fallback")),
            "2 cores; events are parsed with \"fallback\" instructions.",
            "Ingest is slower here; a machine with AVX2 or NEON is faster."),
        said(.fine, .machine(.memory(bytes: nil)), "no limit is known."),
        said(.fine, .machine(.memory(bytes: 24 << 30)), "24 GiB."),
        said(
            .fault, .machine(.memory(bytes: 400 << 20)), "400 MiB for this process.",
            "Give it 512 MiB or more; until then: rekam projection rebuild --memory 64M."),
        said(
            .note, .machine(.addressSpace(bytes: 64 << 30)),
            "limited to 64 GiB (ulimit -v), which a store cannot outgrow.",
            "Take the limit away: ulimit -v unlimited."),
        said(
            .fault, .machine(.fileSize(bytes: 1 << 30)),
            "limited to 1024 MiB (ulimit -f), which a store cannot outgrow.",
            "Take the limit away: ulimit -f unlimited."),
        said(
            .fault, .machine(.openFiles(20)), "limited to 20 (ulimit -n).",
            "Allow 64 or more: ulimit -n 1024."),
        said(
            .fault, .machine(.pages(bytes: 16_384)),
            "memory pages have 16384 bytes; stores are laid out in 4,096.",
            "Use a kernel with pages of 4 KiB."),
        said(.fine, .machine(.timeZones(release: "2025b")), "tz database 2025b."),
        said(
            .note, .machine(.timeZones(release: nil)), "this machine has no tz database.",
            "Stores here work; to make new ones or add calendars, install the package tzdata."),
        said(.fine, .machine(.libraries(["x 1", "y 2"])), "x 1, y 2."),
        said(
            .fault, .machine(.libraries(["liblmdb 0.9.23"])), "liblmdb 0.9.23.",
            "Install liblmdb 0.9.24 or later: earlier ones have faults that lose data."),
        said(
            .fault, .machine(.clock(now)), "the clock says \(time).",
            "Set it (timedatectl set-ntp true): recording times come from it."),
    ]

    private static let ofFileSystems: [Said] = [
        said(.fine, .fileSystem(.usual(kind: "ext4")), "ext4."),
        said(
            .fine, .fileSystem(.usual(kind: "")), "of a kind that the machine does not tell."),
        said(
            .fault, .fileSystem(.network(kind: "nfs")),
            "the store lies on nfs, where locks and shared memory maps do not hold.",
            "Move it to a disk of this machine: rekam backup, then rekam restore there."),
        said(
            .note, .fileSystem(.memory(kind: "tmpfs")), "the store lies in memory (tmpfs).",
            "It is gone when the machine stops; put it on a disk to keep it."),
        said(
            .note, .fileSystem(.container),
            "the store lies in a container's own layer (overlay).",
            "It is gone with the container; put it on a volume to keep it."),
        said(
            .fault, .fileSystem(.readOnly), "the file system is mounted read-only.",
            "Mount it read-write (mount -o remount,rw) to record anything."),
        said(
            .fine, .fileSystem(.space(free: 20 << 30, of: 2 << 40, store: 5 << 10)),
            "20 GiB free of 2 TiB."),
        said(
            .note, .fileSystem(.space(free: 20 << 30, of: 2 << 40, store: 30 << 30)),
            "20 GiB free of 2 TiB; the store takes 30 GiB.",
            "A backup or a move beside it would not fit: make backups to another disk."),
        said(
            .fault, .fileSystem(.space(free: 9 << 20, of: 2 << 40, store: 5 << 10)),
            "9216 KiB free of 2 TiB; the store takes 5 KiB.",
            "Free some before the next ingest: a full disk refuses it, though nothing is lost."),
    ]

    private static let ofStores: [Said] = [
        said(.note, .store(.absent(path: "here")), "there is none at here yet.", "rekam init"),
        said(
            .fault, .store(.unopened(reason: "page 7.")), "page 7.",
            "Keep the folder as it is, and restore a backup beside it if nothing else helps."),
        said(
            .fine, .store(.map(used: 1 << 20, of: 1 << 40)), "1024 KiB of a map of 1 TiB."),
        said(
            .note, .store(.map(used: 1 << 20, of: 64 << 30)),
            "1024 KiB of a map of 64 GiB; the machine refused the usual 1 TiB.",
            "Take limits on address space away (ulimit -v) before the store grows that far."),
        said(
            .fault, .store(.map(used: 60 << 30, of: 64 << 30)),
            "60 GiB of a map of 64 GiB: there is little room left.",
            "Take limits on address space away: ulimit -v unlimited."),
        said(
            .note, .store(.link(path: "s/key")), "s/key is a symbolic link.",
            "Link the store's folder rather than files in it."),
        said(
            .fault, .store(.exposed(path: "s/key", mode: 0o644, wanted: 0o600)),
            "s/key has mode 644: others can reach it.", "chmod 600 s/key"),
        said(
            .note, .store(.foreign(path: "s", owner: 1001)), "s belongs to another user (1001).",
            "Only its owner records, backs up and signs; you can ask."),
        said(.fine, .store(.files(isShared: false)), "its owner's alone."),
        said(.fine, .store(.files(isShared: true)), "the owner writes, a group reads."),
        said(.fine, .store(.key), "the signing key is there."),
        said(
            .fault, .store(.keyMissing),
            "the store has no signing key: it cannot sign checkpoints.",
            "Bring the copy kept apart back (mode 0600), or: rekam key rotate --lost."),
        said(
            .fault, .store(.keyFault("another key.")), "another key.",
            "Bring the right key back from its copy."),
        said(.fine, .store(.readers([1], freed: 0)), "1 process reads now, none left behind."),
        said(
            .note, .store(.readers([], freed: 2)),
            "2 left behind by killed processes; freed just now. 0 processes read now.",
            "Nothing: what they kept from being used again is free for the next ingest."),
        said(
            .fault, .store(.readers(Array(1...110), freed: 0)),
            "110 processes read now; 126 is the most.", "End some: 1, 2, 3, 4, 5 …"),
        said(.fine, .store(.writer(isWriting: false)), "nobody is writing now."),
        said(
            .note, .store(.writer(isWriting: true)), "another process is writing now.",
            "Wait for it to end."),
        said(.fine, .store(.clockAhead), "ahead of the log's last recording time."),
        said(
            .fault, .store(.clockBehind(seconds: 4000, last: now)),
            "the clock is 4000 s behind the log's last recording time, \(time).",
            "Set it (timedatectl set-ntp true); until then that time is repeated."),
        said(
            .fine, .store(.zoneRules(zone: "Asia/Jakarta", recorded: "2024a", machine: "2025b")),
            "Asia/Jakarta is the same in tz database 2024a and 2025b."),
        said(
            .note, .store(.zoneRules(zone: "Asia/Jakarta", recorded: "2024a", machine: "2025b")),
            "Asia/Jakarta was recorded from tz database 2024a; the machine's 2025b has other rules "
                + "for it.",
            "Figures keep to the recorded rules; a store with the new ones: init and migrate."),
        said(
            .fine, .store(.verified(now, difference: nil)), "at \(time), and it held."),
        said(
            .fault, .store(.verified(now, difference: "entry 4 differs.")),
            "at \(time): entry 4 differs.",
            "Keep the store as it is, and restore a backup beside it."),
        said(.note, .store(.neverVerified), "never.", "rekam verify"),
        said(
            .fine, .store(.backup(now, place: "there", entries: 1200, of: 3000)),
            "at \(time) to there, 1200 of 3000 entries."),
        said(.note, .store(.noBackup), "none is known.", "rekam backup DIR --verify"),
        said(
            .fine, .store(.kept(entries: 1200)),
            "the last signed one, of 1,200 entries, goes with the store."),
        said(
            .fault, .store(.superseded(["reply@1", "csat@2"])),
            "nothing is answered from reply@1, csat@2: a calendar, an event type or a text is newer "
                + "than the rows.", "Make the rows anew: rekam projection rebuild --all."),
        said(
            .fault, .store(.keptFault("7 < 9.")), "7 < 9.",
            "Keep the store and that file as they are until somebody can say why."),
    ]

    private static let all = ofMachines + ofFileSystems + ofStores

    @Test("In English each finding reads as ever")
    func english() {
        let words = DoctorWords(.english)
        for (finding, text, remedy) in Self.all {
            let said = words.said(finding)
            #expect(said.text == text && said.remedy == remedy, "\(finding)")
            #expect(words.subject(finding.subject) == finding.subject.rawValue)
        }
    }

    @Test("What is not as it should be comes with something to do, in both languages")
    func remedies() {
        for (finding, _, _) in Self.all {
            for language in Language.allCases {
                let remedy = DoctorWords(language).said(finding).remedy
                #expect(remedy.isEmpty == (finding.level == .fine), "\(finding)")
            }
        }
    }

    @Test("In Indonesian nothing but names, numbers and what is typed stays as it is")
    func indonesian() {
        let english: Set = [
            "the", "of", "is", "are", "to", "it", "and", "no", "not", "store", "from", "with",
            "at", "for", "this", "machine", "by", "now", "never", "entries", "which", "other",
        ]
        let words = DoctorWords(.indonesian)
        for (finding, _, _) in Self.all {
            let said = words.said(finding)
            let pieces = (said.text + " " + said.remedy).split { !$0.isLetter && $0 != "/" }
            let left = english.intersection(pieces.map { $0.lowercased() })
            #expect(left.isEmpty, "\(left): \(said)")
        }
        #expect(
            words.said(Finding(.fault, .store(.clockBehind(seconds: 4000, last: Self.now)))).text
                == "jam tertinggal 4.000 dtk dari waktu pencatatan terakhir log, \(Self.time).")
        #expect(
            words.verdict(faults: 1, notes: 3)
                == "1 kesalahan: lihat di bawah apa yang harus dilakukan.")
        #expect(words.verdict(faults: 0, notes: 2) == "Layak. 2 catatan.")
    }
}
