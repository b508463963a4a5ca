internal import MLS

/// Vectors of tree indices, tree hashes and the changes of a tree.
enum TreeVector {
    static func checkMath(_ entry: VectorValue) throws {
        let leaves = try entry["n_leaves"].uint32
        try expect("n_leaves is not a power of two", leaves > 0 && leaves & (leaves - 1) == 0 && leaves <= 1 << 24)
        let width = TreeMath.width(leaves: leaves)
        try expectEqual("n_nodes", width, try entry["n_nodes"].uint32)
        try expectEqual("root", TreeMath.root(leaves: leaves), try entry["root"].uint32)
        let lists: [(String, (UInt32) -> UInt32?)] = [
            ("left", { TreeMath.left($0) }), ("right", { TreeMath.right($0) }),
            ("parent", { TreeMath.parent($0, leaves: leaves) }), ("sibling", { TreeMath.sibling($0, leaves: leaves) }),
        ]
        for (key, function) in lists {
            let expected = try entry[key].items
            try expectEqual("the length of \(key)", expected.count, Int(width))
            for (node, value) in expected.enumerated() {
                var wanted: UInt32?
                if case .number = value { wanted = try value.uint32 }
                try expectEqual("\(key) of node \(node)", function(UInt32(node)), wanted)
            }
        }
    }

    static func checkValidation(_ entry: VectorValue) throws {
        let bytes = try entry["tree"].bytes
        var tree = try RatchetTree(decoding: bytes)
        try expectEqual("the encoding of the tree", tree.encoded, bytes)
        let hashes = try entry["tree_hashes"].items
        let resolutions = try entry["resolutions"].items
        try expectEqual("the number of nodes", Int(tree.nodeCount), hashes.count)
        try expectEqual("the number of nodes", Int(tree.nodeCount), resolutions.count)
        for node in 0..<tree.nodeCount {
            try expectEqual("the tree hash of node \(node)", tree.hash(node), try hashes[Int(node)].bytes)
            var expected: [UInt32] = []
            for item in try resolutions[Int(node)].items { expected.append(try item.uint32) }
            try expectEqual("the resolution of node \(node)", tree.resolution(node), expected)
        }
        try tree.verifyParentHashes()
        try tree.validate(groupID: entry["group_id"].bytes)
    }

    static func checkOperation(_ entry: VectorValue) throws {
        var tree = try RatchetTree(decoding: entry["tree_before"].bytes)
        if let expected = try entry.optional("tree_hash_before")?.bytes {
            try expectEqual("the tree hash before", tree.treeHash(), expected)
        }
        switch try Proposal(decoding: entry["proposal"].bytes) {
        case .add(let package): try tree.add(package.leafNode)
        case .update(let leaf):
            let sender = try entry["proposal_sender"].uint32
            try expect("the sender of the update is not in the tree", tree.leaf(sender) != nil)
            tree.update(sender, to: leaf)
        case .remove(let leaf):
            try tree.remove(leaf)
            tree.truncate()
        default: throw VectorFailure("the proposal does not change the tree")
        }
        try expectEqual("the tree", tree.encoded, try entry["tree_after"].bytes)
        if let expected = try entry.optional("tree_hash_after")?.bytes {
            try expectEqual("the tree hash after", tree.treeHash(), expected)
        }
    }
}
