extension ShippedTypes {
    /// The ticket's own words and nothing else.
    static let task = #"""
        name = "TASK"
        title = "Task"

        [[steps]]
        name = "execute"
        title = "Execute"
        prompt = "{{ prompt }}"
        """#
}
