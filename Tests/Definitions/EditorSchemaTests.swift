import Definitions
import EventModel
import Foundation
import Shipped
import Testing

/// The schemas for editors know the keys that the reader knows.
@Suite struct EditorSchemaTests {
    private func schema(_ name: String) throws -> [String: Any] {
        let text = try #require(Shipped.text(of: name))
        return try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private func keys(_ schema: Any?, _ path: String...) -> [String] {
        var value = schema
        for step in path { value = (value as? [String: Any])?[step] }
        return (value as? [String: Any])?.keys.sorted() ?? []
    }

    @Test func `Projections`() throws {
        let schema = try schema("projection.schema.json")
        #expect(keys(schema, "properties") == DefinitionKeys.projection.sorted())
        #expect(
            keys(schema, "$defs", "binding", "properties") == DefinitionKeys.binding.sorted())
        #expect(
            keys(schema, "$defs", "duration", "properties") == DefinitionKeys.duration.sorted())
        #expect(keys(schema, "properties", "stock", "properties") == DefinitionKeys.stock.sorted())
        #expect(keys(schema, "$defs", "split", "properties") == DefinitionKeys.split.sorted())
        #expect(keys(schema, "$defs", "round", "properties") == DefinitionKeys.round.sorted())
        let facts = ((schema["properties"] as? [String: Any])?["fact"] as? [String: Any])?["oneOf"]
        #expect(
            keys((facts as? [Any])?.last, "properties") == DefinitionKeys.each.sorted())
        #expect(
            keys(schema, "$defs", "example", "properties") == DefinitionKeys.example.sorted())
        let test = (schema["$defs"] as? [String: Any])?["test"] as? [String: Any]
        let forms = test?["anyOf"] as? [[String: Any]]
        #expect(keys(forms?.last, "properties") == DefinitionKeys.test.sorted())
    }

    @Test func `Calendars`() throws {
        let schema = try schema("calendar.schema.json")
        #expect(keys(schema, "properties") == DefinitionKeys.calendar.sorted())
        #expect(
            keys(schema, "$defs", "change", "properties") == DefinitionKeys.calendarChange.sorted())
        #expect(
            keys(schema, "$defs", "holiday", "properties")
                == DefinitionKeys.calendarHoliday.sorted())
    }

    @Test func `Scorecards`() throws {
        let schema = try schema("scorecard.schema.json")
        #expect(keys(schema, "properties") == DefinitionKeys.scorecard.sorted())
        #expect(
            keys(schema, "$defs", "row", "properties") == DefinitionKeys.scorecardRow.sorted())
        #expect(
            keys(schema, "$defs", "row", "properties", "target", "properties")
                == DefinitionKeys.target.sorted())
    }

    @Test func `KPIs`() throws {
        let schema = try schema("kpi.schema.json")
        #expect(keys(schema, "properties") == DefinitionKeys.kpi.sorted())
        let unit = (schema["properties"] as? [String: Any])?["unit"] as? [String: Any]
        #expect((unit?["enum"] as? [String])?.sorted() == Unit.allCases.map(\.rawValue).sorted())
    }
}
