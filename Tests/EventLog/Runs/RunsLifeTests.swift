import EventLog
import Foundation
import LMDB
import Testing

@Suite("Sorted runs' costs, builds and faults, by provoking each")
struct RunsLifeTests {
    func identity(_ numbers: inout SeededNumbers, count: Int, first: UInt32 = 0) -> [UInt32] {
        (0..<count).map { _ in numbers.next() }.sorted().enumerated().flatMap { index, key in
            [UInt32(key >> 32), UInt32(truncatingIfNeeded: key), first + UInt32(index)]
        }
    }

    @Test("Single records do not pile up runs, and each writes little")
    func singles() throws {
        var numbers = SeededNumbers(state: 1)
        let store = try RunsStore()
        let runs = store.runs("identity", words: 3, .keep)
        var most = 0
        try store.write { write in
            for number in 0..<5000 as Range<UInt32> {
                let before = write.bytesWritten
                try runs.add(identity(&numbers, count: 1, first: number), in: write)
                most = max(most, write.bytesWritten - before)
            }
            #expect(try runs.status(in: write).records == 5000)
            #expect(try runs.status(in: write).runs <= 5)
            try runs._checkInvariants(in: write)
        }
        #expect(most <= 400_000)
    }

    @Test("However much there is, a batch writes no more than its share, and runs stay few")
    func shares() throws {
        var numbers = SeededNumbers(state: 2)
        let store = try RunsStore()
        let runs = store.runs("identity", words: 3, .keep)
        var most = 0
        var mostRuns = 0
        for _ in 0..<60 {
            try store.write { write in
                try runs.add(identity(&numbers, count: 6000), in: write)
                most = max(most, write.bytesWritten)
                mostRuns = try max(mostRuns, runs.status(in: write).runs)
            }
        }
        #expect(most < 72_000 * (1 + 4 * 3) + 500_000)
        #expect(mostRuns < 40)
        let read = try store.environment.beginRead()
        try runs._checkInvariants(in: read)
        #expect(try runs.status(in: read).records == 360_000)
    }

    @Test("Compacting ends with one run of the same records")
    func compacts() throws {
        var numbers = SeededNumbers(state: 3)
        let store = try RunsStore()
        let runs = store.runs("identity", words: 3, .keep)
        for _ in 0..<20 {
            try store.write { try runs.add(identity(&numbers, count: 7000), in: $0) }
        }
        let before = try runs.all(store.environment.beginRead())
        var goesOn = true
        while goesOn {
            try store.write { goesOn = try runs.compact(in: $0, budgetBytes: 500_000) }
        }
        let read = try store.environment.beginRead()
        try runs._checkInvariants(in: read)
        #expect(try runs.status(in: read).runs == 1)
        #expect(try runs.all(read) == before)
    }

    @Test("Retracting everything leaves nothing, not even pages")
    func retracts() throws {
        let store = try RunsStore()
        let runs = store.runs("cells", words: 4, .sum)
        for sign in [1, -1] as [Int64] {
            for part in 0..<20 as Range<UInt32> {
                let batch = (0..<3000 as Range<UInt32>).flatMap {
                    [part % 5, $0] + countWords(sign)
                }
                try store.write { try runs.add(batch, in: $0) }
            }
        }
        var goesOn = true
        while goesOn {
            try store.write { goesOn = try runs.compact(in: $0, budgetBytes: 1 << 20) }
        }
        let read = try store.environment.beginRead()
        #expect(try runs.all(read) == [])
        #expect(try runs.status(in: read) == RunsStatus())
        let chunks = try store.environment.openTable("runs.chunks")
        #expect(try store.environment.beginRead().count(of: chunks) == 0)
    }

    @Test("A build is read once it is published, and replaces what was there")
    func builds() throws {
        let store = try RunsStore()
        let runs = store.runs("cells", words: 4, .sum)
        let other = store.runs("others", words: 4, .sum)
        try store.write { write in
            try runs.add([9, 9] + countWords(1), in: write)
            try other.add([1, 1] + countWords(5), in: write)
        }
        var expected: [[UInt32]] = []
        for part in 0..<30 as Range<UInt32> {
            let batch = (0..<1500 as Range<UInt32>).map { [part, $0] + countWords(2) }
            expected += batch
            try store.write { try runs.appendToBuild(batch.flatMap { $0 }, in: $0) }
        }
        do {
            let read = try store.environment.beginRead()
            #expect(try runs.all(read) == [[9, 9] + countWords(1)])
            #expect(try runs.builtRecords(in: read) == 45_000)
            try runs._checkInvariants(in: read)
        }
        try store.write { try runs.publishBuild(replacing: true, in: $0) }
        do {
            let read = try store.environment.beginRead()
            #expect(try runs.all(read) == expected)
            #expect(try runs.builtRecords(in: read) == 0)
        }
        try store.write { try runs.appendToBuild([1, 1] + countWords(1), in: $0) }
        try store.write { try runs.discardBuild(in: $0) }
        try store.write { _ = try runs.merge(in: $0, budgetBytes: 1 << 20) }
        do {
            let read = try store.environment.beginRead()
            #expect(try runs.status(in: read).hiddenRecords == 0)
            #expect(try store.tables.storedNames(in: read) == ["cells", "others"])
        }
        var slices = 0
        var goesOn = true
        while goesOn {
            try store.write { goesOn = try runs.drop(in: $0, budgetBytes: 10_000) }
            #expect(try runs.all(store.environment.beginRead()) == [])
            slices += 1
        }
        #expect(slices > 2)
        let read = try store.environment.beginRead()
        #expect(try store.tables.storedNames(in: read) == ["others"])
        #expect(try other.all(read) == [[1, 1] + countWords(5)])
    }

    @Test("An overflow is an error, wherever it shows")
    func overflows() throws {
        let store = try RunsStore()
        let runs = store.runs("cells", words: 4, .sum)
        let most = [1, 1] + countWords(.max)
        #expect(throws: RunsFault.overflow) {
            try store.write { try runs.add(most + most, in: $0) }
        }
        try store.write { try runs.add(most, in: $0) }
        #expect(throws: RunsFault.overflow) {
            try store.write { try runs.add([1, 1] + countWords(1), in: $0) }
        }
        #expect(try runs.all(store.environment.beginRead()) == [most])
    }

    @Test("Another shape under the same name is refused")
    func otherShape() throws {
        let store = try RunsStore()
        try store.write { try store.runs("a", words: 3, .keep).add([1, 2, 3], in: $0) }
        #expect(throws: RunsFault.otherShape(name: "a")) {
            try store.runs("a", words: 4, .keep).all(store.environment.beginRead())
        }
        #expect(throws: RunsFault.otherShape(name: "a")) {
            try store.write { try store.runs("a", words: 3, .sum).add([1, 0, 1], in: $0) }
        }
    }

    @Test("Lost and shortened chunks are errors, not traps")
    func damaged() throws {
        var numbers = SeededNumbers(state: 4)
        let store = try RunsStore()
        let runs = store.runs("identity", words: 3, .keep)
        try store.write { try runs.add(identity(&numbers, count: 30_000), in: $0) }
        let chunks = try store.environment.openTable("runs.chunks")
        for planted in ["lost", "first", "short", "changed"] {
            let write = try store.environment.beginWrite()
            var cursor = try write.cursor(chunks)
            #expect(try cursor.move(.first))
            if planted != "first" { #expect(try cursor.move(.next)) }
            let (key, value) = try cursor.withEntry { ($0.copyBytes(), $1.copyBytes()) }
            try cursor.delete()
            if planted == "short" { try write.put(chunks, Key(key), Array(value.prefix(100))) }
            if planted == "changed" {
                try write.put(
                    chunks, Key(key), [UInt8](repeating: 3, count: 100) + value.dropFirst(100))
            }
            #expect("planted: \(planted)") { try runs._checkInvariants(in: write) } throws: {
                $0 is RunsFault
            }
            if planted == "changed" { continue }
            #expect("planted: \(planted)") { _ = try runs.all(write) } throws: { $0 is RunsFault }
        }
    }

    @Test("A number of runs that was never given is an error, not a trap", arguments: [3, 4])
    func impossibleNumber(byteCount: Int) throws {
        let store = try RunsStore()
        try store.write { write in
            try write.put(
                store.tables.manifests, Key([0] as [UInt8]),
                [UInt8](repeating: 255, count: byteCount))
        }
        #expect(throws: RunsFault.self) {
            try store.write { try store.runs("a", words: 3, .keep).add([1, 2, 3], in: $0) }
        }
    }

    @Test("A manifest of changed bytes is an error or another answer, never a trap")
    func changedManifest() throws {
        var numbers = SeededNumbers(state: 5)
        let store = try RunsStore()
        let runs = store.runs("identity", words: 3, .keep)
        for _ in 0..<5 {
            try store.write {
                try runs.add(identity(&numbers, count: 6000), in: $0, mergeBudgetBytes: 1)
            }
        }
        try store.write { _ = try runs.merge(in: $0, budgetBytes: 70_000) }
        let manifests = try store.environment.openTable("runs.manifests")
        var faults = 0
        for _ in 0..<120 {
            let write = try store.environment.beginWrite()
            guard var bytes = try write.copyValue(manifests, Key("identity")) else { break }
            for _ in 0..<Int.random(in: 1...3, using: &numbers) {
                let place = Int.random(in: 0..<bytes.count, using: &numbers)
                bytes[place] =
                    Bool.random(using: &numbers) ? UInt8.random(in: 0...255, using: &numbers) : 0
            }
            try write.put(manifests, Key("identity"), bytes)
            do {
                _ = try runs.status(in: write)
                try runs.scanRaw(in: write) { _ in }
                try runs.probe([0, 1 << 63, .max], in: write) { _, _ in }
                try runs.add(identity(&numbers, count: 10), in: write)
                _ = try runs.compact(in: write, budgetBytes: 300_000)
                try runs._checkInvariants(in: write)
            } catch { faults += 1 }
        }
        #expect(faults > 20)
    }

    @Test("Unsorted records trap")
    func unsorted() async throws {
        await #expect(processExitsWith: .failure) {
            let store = try RunsStore()
            try store.write { try store.runs("a", words: 1, .keep).add([2, 1], in: $0) }
        }
    }
}
