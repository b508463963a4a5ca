import MLS
import Testing

@Suite struct SecretTreeTests {
    private let root = Secret(Array(0..<32))

    @Test func keysComeInAnyOrderAndOnce() throws {
        var forward = SecretTree(encryptionSecret: root, leafCount: 4)
        var mixed = SecretTree(encryptionSecret: root, leafCount: 4)
        let expected = try (0..<6).map { try forward.key(.application, leaf: 2, generation: $0).key }
        for generation in [3, 0, 5, 1, 4, 2] as [UInt32] {
            #expect(
                try mixed.key(.application, leaf: 2, generation: generation).key == expected[Int(generation)])
            #expect(throws: MLSError.self) { try mixed.key(.application, leaf: 2, generation: generation) }
        }
        #expect(try mixed.key(.handshake, leaf: 2, generation: 0).key != expected[0])
        #expect(try mixed.key(.application, leaf: 3, generation: 0).key != expected[0])
    }

    @Test func jumpsAndPlacesAreBounded() throws {
        var tree = SecretTree(encryptionSecret: root, leafCount: 4)
        #expect(throws: MLSError.self) { try tree.key(.handshake, leaf: 4, generation: 0) }
        #expect(throws: MLSError.self) {
            try tree.key(.handshake, leaf: 0, generation: MLSLimits.ratchetSteps + 1)
        }
        #expect(throws: MLSError.self) { try tree.key(.handshake, leaf: 0, generation: .max) }
        #expect(try tree.key(.handshake, leaf: 0, generation: 0).nonce.count == 12)
    }
}

@Suite struct TreeMathTests {
    /// The tree of eight leaves in RFC 9420 appendix C.
    @Test func indicesOfEightLeaves() {
        #expect(TreeMath.width(leaves: 8) == 15)
        #expect(TreeMath.root(leaves: 8) == 7)
        #expect((0..<15).map { TreeMath.level($0) } == [0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0])
        #expect(TreeMath.left(7) == 3)
        #expect(TreeMath.right(7) == 11)
        #expect(TreeMath.left(4) == nil)
        #expect(TreeMath.parent(7, leaves: 8) == nil)
        #expect(TreeMath.directPath(4, leaves: 8) == [5, 3, 7])
        #expect(TreeMath.sibling(5, leaves: 8) == 1)
        #expect(TreeMath.leaves(below: 11) == 4...7)
        #expect(TreeMath.leaves(below: 6) == 3...3)
        #expect(TreeMath.commonAncestor(leaf: 0, leaf: 1) == 1)
        #expect(TreeMath.commonAncestor(leaf: 1, leaf: 2) == 3)
        #expect(TreeMath.commonAncestor(leaf: 3, leaf: 7) == 7)
        #expect(TreeMath.commonAncestor(leaf: 5, leaf: 5) == 10)
    }
}
