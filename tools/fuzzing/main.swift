import FuzzTargets

#if canImport(Glibc)
    import Glibc
#endif

/// The target that this process fuzzes: the environment's `REKAM_FUZZ_TARGET`.
private let target: FuzzTarget = {
    let name = getenv("REKAM_FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = FuzzTarget.named(name) else {
        fatalError("REKAM_FUZZ_TARGET names none of \(FuzzTarget.all.map(\.name))")
    }
    return target
}()

/// What libFuzzer calls with each input.
@c(LLVMFuzzerTestOneInput)
public func fuzzOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    _ = target.read(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}

/// When libFuzzer begins: lists the targets where `REKAM_FUZZ_TARGET` is `list`, and writes the
/// target's seeds into the folder `REKAM_FUZZ_SEEDS`.
@c(LLVMFuzzerInitialize)
public func fuzzInitialize(
    _ count: UnsafeMutablePointer<CInt>?,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>?
) -> CInt {
    if getenv("REKAM_FUZZ_TARGET").map({ String(cString: $0) }) == "list" {
        for target in FuzzTarget.all { print(target.name) }
        exit(0)
    }
    guard let folder = getenv("REKAM_FUZZ_SEEDS").map({ String(cString: $0) }) else { return 0 }
    for (number, seed) in ((try? target.seeds()) ?? []).enumerated() {
        guard let file = fopen("\(folder)/seed-\(number)", "w") else { continue }
        fwrite(seed, 1, seed.count, file)
        fclose(file)
    }
    return 0
}

/// libFuzzer's entry for programs with a `main` of their own, which SwiftPM gives every executable.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ read: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// The process's `main`, under the name that SwiftPM links to.
@c(fuzz_main)
public func fuzzMain(
    _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    var count = count
    var arguments = arguments
    return runDriver(&count, &arguments, fuzzOneInput)
}
