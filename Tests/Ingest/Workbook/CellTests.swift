import EventModel
import Testing

@testable import Ingest

@Suite("What a cell of a sheet shows, by its number and format")
struct CellTests {
    @Test(
        "Formats tell numbers, days, times and lengths of time",
        arguments: [
            ("General", CellFormat.number), ("0.00E+00", .number), ("#,##0.00", .number),
            ("0.0 \"days\"", .number), ("[Red]-0.00;[Blue]0", .number), ("@", .number),
            ("0.00\\h", .number), ("yyyy-mm-dd", .date), ("d mmm", .date), ("mmmm", .date),
            ("[$-421]dddd, dd mmmm yyyy;@", .date), ("dd/mm/yyyy hh:mm", .dateTime),
            ("m/d/yy h:mm AM/PM", .dateTime), ("h:mm", .time), ("mm:ss.0", .time),
            ("[h]:mm:ss", .elapsed), ("[mm]:ss", .elapsed), ("0;dd", .number),
        ] as [(String, CellFormat)])
    func codes(code: String, format: CellFormat) {
        #expect(CellFormat(code: code) == format)
    }

    @Test(
        "Numbers are written without exponent, to fifteen digits",
        arguments: [
            ("0.30000000000000004", "0.3"), ("1E3", "1000"), ("1.5E-3", "0.0015"), ("-0", "0"),
            ("12345678901234567890", "12345678901234600000"), ("9.99999999999999999E5", "1000000"),
            ("-12.50", "-12.5"), ("007", "7"), ("99999999999999.95", "100000000000000"),
            ("+4", "4"), (".5", "0.5"),
        ])
    func numbers(written: String, text: String) {
        let point = UInt8(ascii: ".")
        #expect(CellFormat.number.text(written, counting: .serial, decimal: point) == text)
    }

    @Test(
        "What is no number has no text", arguments: ["", "x", "1e", "1.2.3", "--1", "1e999", "NaN"])
    func noNumbers(written: String) {
        let point = UInt8(ascii: ".")
        #expect(CellFormat.number.text(written, counting: .serial, decimal: point) == nil)
    }

    @Test(
        "Times are ISO 8601, to the nearest millisecond",
        arguments: [
            ("45581.375", CellFormat.dateTime, "2024-10-16T09:00:00"),
            ("45581.375", .date, "2024-10-16T09:00:00"), ("45581", .date, "2024-10-16"),
            ("45581", .dateTime, "2024-10-16T00:00:00"), ("0.375", .time, "09:00:00"),
            ("45581.375", .time, "2024-10-16T09:00:00"), ("0.5", .dateTime, "12:00:00"),
            ("45581.395833333336", .dateTime, "2024-10-16T09:30:00"),
            ("0.99999999", .time, "23:59:59.999"), ("1.0416666666666667", .elapsed, "25:00:00"),
            ("0", .elapsed, "0:00:00"), ("-0.5", .elapsed, "-12:00:00"),
            ("1.1574074074074074E-8", .elapsed, "0:00:00.001"), ("61", .date, "1900-03-01"),
        ] as [(String, CellFormat, String)])
    func times(written: String, format: CellFormat, text: String) {
        #expect(format.text(written, counting: .serial, decimal: UInt8(ascii: ",")) == text)
    }

    @Test("Days that a spreadsheet can't show have no text")
    func noTimes() {
        for (written, counting) in [
            ("-1", CountedTime.serial), ("60", .serial), ("2958466", .serial), ("-1", .serial1904),
        ] {
            #expect(CellFormat.date.text(written, counting: counting, decimal: 46) == nil)
        }
        #expect(CellFormat.date.text("1", counting: .serial1904, decimal: 46) == "1904-01-02")
    }
}
