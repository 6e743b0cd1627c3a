import Crypto
import Testing

@testable import Vault

/// Tokens and disclosures against the examples of RFC 9901 and an independent SHA-256.
@Suite struct CommitmentTests {
    @Test func `a disclosure of the standard has the standard's digest`() throws {
        // RFC 9901, 4.2.3: the disclosure and its hash as printed there.
        let encoded = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
        let decoded = Base64URL.decode(encoded.utf8Span.span)
        let disclosure = Disclosure(array: try #require(decoded))
        #expect(disclosure.encoded == Array(encoded.utf8))
        #expect(disclosure.content?.key == "family_name")
        #expect(disclosure.text == "Möbius")
        #expect(
            String(decoding: Token(of: disclosure).encoded, as: UTF8.self)
                == "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0")
    }

    @Test func `what is encoded decodes to itself at every length`() {
        for count in 0..<100 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
            #expect(Base64URL.decode(Base64URL.encode(bytes.span).span) == bytes)
        }
    }
}
