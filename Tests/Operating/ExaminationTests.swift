import EventModel
import Operating
import Testing

/// Method: facts of made-up machines, each wrong in one thing, beside one that is sound.
@Suite("The doctor")
struct ExaminationTests {
    private var sound: MachineFacts {
        var facts = MachineFacts()
        facts.cores = 2
        facts.parserKernel = "haswell"
        facts.memoryBytes = 8 << 30
        facts.openFiles = 1024
        facts.fileSystem = "ext4"
        facts.freeBytes = 100 << 30
        facts.totalBytes = 200 << 30
        facts.now = Instant(milliseconds: 1_767_574_800_000)
        facts.tzdata = "2025b"
        facts.libraries = [("liblmdb", "0.9.24")]
        return facts
    }

    private func worst(_ facts: MachineFacts, storeBytes: Int = 1 << 30) -> [Finding] {
        let all =
            Examination.machine(facts) + Examination.fileSystem(facts, storeBytes: storeBytes)
        return all.filter { $0.level != .fine }
    }

    @Test("A sound machine has nothing to say")
    func fit() {
        #expect(worst(sound).isEmpty)
    }

    @Test("Each limit is a fault on one side and none on the other")
    func sides() {
        func check(
            _ subject: Finding.Subject, _ level: Finding.Level,
            _ fine: (inout MachineFacts) -> Void,
            _ wrong: (inout MachineFacts) -> Void
        ) {
            var facts = sound
            fine(&facts)
            #expect(!worst(facts).contains { $0.subject == subject }, "\(subject)")
            wrong(&facts)
            let found = worst(facts).filter { $0.subject == subject }
            #expect(found.first?.level == level && found.count == 1, "\(subject): \(found)")
        }
        check(.memory, .fault, { $0.memoryBytes = 512 << 20 }, { $0.memoryBytes = 511 << 20 })
        check(.openFiles, .fault, { $0.openFiles = 64 }, { $0.openFiles = 63 })
        check(
            .addressSpace, .note, { $0.addressSpaceBytes = 1 << 40 },
            { $0.addressSpaceBytes = (1 << 40) - 1 })
        check(.fileSize, .fault, { $0.fileSizeBytes = nil }, { $0.fileSizeBytes = 1 << 30 })
        check(.pages, .fault, { $0.pageBytes = 4096 }, { $0.pageBytes = 16_384 })
        check(.space, .note, { $0.freeBytes = 1 << 30 }, { $0.freeBytes = (1 << 30) - 1 })
        check(.space, .fault, { $0.freeBytes = 1 << 30 }, { $0.freeBytes = 255 << 20 })
        check(.fileSystem, .fault, { $0.fileSystem = "xfs" }, { $0.fileSystem = "nfs4" })
        check(.fileSystem, .fault, { $0.fileSystem = "" }, { $0.fileSystem = "fuse.sshfs" })
        check(.fileSystem, .note, { $0.fileSystem = "btrfs" }, { $0.fileSystem = "tmpfs" })
        check(.fileSystem, .note, { $0.fileSystem = "zfs" }, { $0.fileSystem = "overlay" })
        check(
            .libraries, .fault, { $0.libraries = [("liblmdb", "0.9.31")] },
            { $0.libraries = [("liblmdb", "0.9.23")] })
        check(.timeZones, .note, { $0.tzdata = "2024a" }, { $0.tzdata = nil })
        check(
            .clock, .fault, { $0.now = Instant(milliseconds: 1_735_689_600_000) },
            { $0.now = Instant(milliseconds: 1_735_689_599_999) })
    }
}
