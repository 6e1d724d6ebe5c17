import Testing

/// The runs that keep a daemon, fifty agents and a crowd of clients busy: one at a time, because each wants the machine for itself.
@Suite(.serialized) enum UnderLoad {}
