//! Adapters that do not end by themselves.

/// An adapter that never answers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hostile {
    pub(crate) name: &'static str,
    /// A script for a shell. `$MARK` is the mark of the run, for processes that lose their environment.
    script: &'static str,
    /// The beginning of the command line of its last process. When that runs, the adapter is in its final state.
    pub(crate) shows: &'static str,
}

/// Each of them outlives an interrupted command that ends only its own children.
pub(crate) const HOSTILE: [Hostile; 8] = [
    Hostile { name: "hangs", script: "exec sleep 1001", shows: "sleep 1001" },
    Hostile {
        name: "ignores signals",
        script: "trap '' TERM INT HUP; sleep 1002; sleep 1002",
        shows: "sleep 1002",
    },
    Hostile {
        name: "has children",
        script: "sleep 1003 & (sleep 1003 & sleep 1003) & sleep 1003",
        shows: "sleep 1003",
    },
    Hostile { name: "has a session", script: "setsid sleep 1004 & exec sleep 1005", shows: "sleep 1004" },
    Hostile {
        name: "has a daemon",
        script: "(setsid sh -c 'trap \"\" TERM; (sleep 1006 </dev/null >/dev/null 2>&1 &)' &); exec sleep 1007",
        shows: "sleep 1006",
    },
    Hostile {
        name: "has a daemon without its environment",
        script: "(setsid env -i sh -c '(sleep 1008; : $0) &' $MARK &); exec sleep 1009",
        shows: "sh -c (sleep 1008",
    },
    Hostile {
        name: "is never the same process for long",
        script: "(setsid env -i sh -c 'r() { [ $1 -gt 0 ] && { r $(($1-1)) & }; exit; }; r 200000' $MARK &); exec sleep 1011",
        shows: "sleep 1011",
    },
    Hostile {
        name: "floods",
        script: "yes >&2 & tr -d '\\n' </dev/zero >&2 & sleep 1010",
        shows: "sleep 1010",
    },
];

impl Hostile {
    /// The command line of an adapter that is hostile from its start.
    pub(crate) fn at_start(&self, mark: &str) -> String {
        shell_words::join(["sh", "-c", &self.script.replace("$MARK", mark)])
    }

    /// The command line of an adapter that answers the greeting, and turns hostile with the next command.
    pub(crate) fn midway(&self, mark: &str) -> String {
        let script = self.script.replace("$MARK", mark);
        shell_words::join(["sh", "-c", &format!("{}; {script}", greeting())])
    }
}

/// A script that answers the greeting, and waits for the next command.
pub(crate) fn greeting() -> String {
    format!("read l; echo '{NO_COFFEE}'; read l; echo '{HELLO}'; read l || exit")
}

/// The answer to the first command, which no adapter knows.
const NO_COFFEE: &str = r#"{"id":1,"unsupported":{"feature":"make-coffee"}}"#;

/// The `hello` of an adapter that supports everything.
const HELLO: &str = r#"{"id":2,"ok":{"protocol":1,"implementation":{"name":"Hostile","version":"1"},"clock":"injected","encryptions":["*"],"policies":["toakafa","none"],"features":["restart","scan","trust-manually","shared-key"],"levels":{"Undecided":"undecided"}}}"#;
