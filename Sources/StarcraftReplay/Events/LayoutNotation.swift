extension Layout {
    /// The layout that a notation of this target describes; a mistake in one is a mistake in the program.
    package init(_ notation: String) {
        var parser = Parser(rest: Array(notation.utf8)[...])
        self = parser.layout()
        precondition(parser.rest.isEmpty, "unread: \(notation)")
    }

    private struct Parser {
        var rest: ArraySlice<UInt8>

        mutating func layout() -> Layout {
            switch take() {
            case UInt8(ascii: "-"): return .nothing
            case UInt8(ascii: "b"):
                guard takes("its(") else { return .flag }
                return .bits(lengthBits: closed())
            case UInt8(ascii: "u"):
                let bits = number()
                return .number(bits: bits, bias: takes("+") ? Int64(number()) : 0)
            case UInt8(ascii: "i"):
                let bits = number()
                return .number(bits: bits, bias: -(1 << Int64(bits - 1)))
            case UInt8(ascii: "?"): return .optional(layout())
            case UInt8(ascii: "s"):
                precondition(takes("tr("))
                return takes("=") ? .fixedBlock(closed()) : .block(lengthBits: closed())
            case UInt8(ascii: "["):
                let bits = number()
                precondition(takes("]"))
                return .list(countBits: bits, layout())
            case UInt8(ascii: "c"):
                precondition(takes("h"))
                return choice(tagBits: number())
            case UInt8(ascii: "{"): return fields()
            case let other: preconditionFailure("unknown: \(other)")
            }
        }

        private mutating func choice(tagBits: Int) -> Layout {
            precondition(takes("("))
            var cases: [Case] = []
            repeat {
                let number = UInt32(number())
                precondition(takes(" "))
                let name = name()
                cases.append(Case(number: number, name: name, layout: layout()))
            } while takes(" | ")
            precondition(takes(")"))
            return .choice(tagBits: tagBits, cases)
        }

        private mutating func fields() -> Layout {
            var fields: [Field] = []
            while !takes("}") {
                _ = takes(" ")
                let name = name()
                fields.append(Field(name: name, layout: layout()))
            }
            return .fields(fields)
        }

        /// A name and its colon.
        private mutating func name() -> String {
            let end = rest.firstIndex(of: UInt8(ascii: ":")) ?? rest.endIndex
            defer { rest = rest[end...].dropFirst() }
            return String(decoding: rest[..<end], as: UTF8.self)
        }

        private mutating func closed() -> Int {
            let value = number()
            precondition(takes(")"))
            return value
        }

        private mutating func number() -> Int {
            var value = 0
            while let digit = rest.first, 0x30...0x39 ~= digit {
                value = value * 10 + Int(digit - 0x30)
                rest.removeFirst()
            }
            return value
        }

        private mutating func take() -> UInt8 { rest.popFirst() ?? 0 }

        private mutating func takes(_ text: String) -> Bool {
            guard rest.starts(with: text.utf8) else { return false }
            rest = rest.dropFirst(text.utf8.count)
            return true
        }
    }
}
