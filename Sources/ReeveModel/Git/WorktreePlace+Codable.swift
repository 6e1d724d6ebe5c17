extension WorktreePlace: Codable {
    private enum CodingKeys: String, CodingKey { case repository, root, directory, branch, base, remote }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func branch(_ key: CodingKeys) throws -> BranchName {
            guard let name = BranchName(try values.decode(String.self, forKey: key)) else {
                throw DecodingError.dataCorruptedError(forKey: key, in: values, debugDescription: "no branch's name")
            }
            return name
        }
        self.init(
            repository: try values.decode(String.self, forKey: .repository), root: try values.decode(String.self, forKey: .root),
            directory: try values.decode(String.self, forKey: .directory), branch: try branch(.branch), base: try branch(.base),
            remote: try values.decodeIfPresent(String.self, forKey: .remote))
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(repository, forKey: .repository)
        try values.encode(root, forKey: .root)
        try values.encode(directory, forKey: .directory)
        try values.encode(branch.text, forKey: .branch)
        try values.encode(base.text, forKey: .base)
        try values.encodeIfPresent(remote, forKey: .remote)
    }
}
