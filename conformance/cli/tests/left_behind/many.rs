//! Hundreds of hostile adapters in one run.

use super::adapters::greeting;
use super::marked::{Marked, new_mark};

/// The most memory that the command may use, in KiB.
const MEMORY: u64 = 200 << 10;

/// Scripts that follow the greeting.
const MIDWAY: [&str; 22] = [
    "exec sleep 2001",
    "tr '\\0' x </dev/zero",
    "yes >&2 & exec sleep 2002",
    "tr '\\0' x </dev/zero >&2 & exec sleep 2003",
    "yes",
    "while :; do head -c 4000000 /dev/zero | tr '\\0' x; echo; done",
    "printf '\\377\\376\\n'; exec sleep 2004",
    "head -c 4000000 /dev/zero | tr '\\0' '['; echo; exec sleep 2005",
    r#"printf '{"id":3,"ok":'; head -c 3900000 /dev/zero | tr '\0' '['; echo; exec sleep 2006"#,
    r#"printf '{"id":3,"ok":['; yes '[],' | head -n 1300000 | tr -d '\n'; echo '0]}'; exec sleep 2007"#,
    r#"printf '{"id":3,"ok":{"levels":['; yes '"",' | head -n 1300000 | tr -d '\n'; echo '""]}}'; exec sleep 2008"#,
    r#"echo '{"id":3,"ok":{}}'; while read l; do printf '{"id":4,"ok":{"sent":['; yes '"",' | head -n 1300000 | tr -d '\n'; echo '""]}}'; done"#,
    r#"printf '{"id":3,"error":{"kind":"definite","message":"'; head -c 4000000 /dev/zero | tr '\0' x; echo '"}}'; exec sleep 2009"#,
    r#"printf '{"id":3,"ok":['; yes '{"":0},' | head -n 550000 | tr -d '\n'; echo '0]}'; exec sleep 2010"#,
    "exec >&-; sleep 2010",
    "exec <&-; sleep 2011",
    "for i in 1 2 3 4 5 6 7 8; do (setsid sh -c 'sleep 2012 & sleep 2012 & sleep 2012' &); done; exec sleep 2012",
    "(setsid env -i sh -c '(sleep 2013; : $0) &' $MARK &); exec sleep 2013",
    "trap '' TERM INT HUP; sleep 2014; sleep 2014",
    "kill -SEGV $$",
    r#"echo '{"id":3,"ok":{}}'; echo '{"id":3,"ok":{}}'; exec sleep 2015"#,
    r#"echo '{"id":30000,"ok":{}}'; exec sleep 2016"#,
];

/// Scripts that replace the greeting.
const AT_START: [&str; 4] =
    ["exec sleep 2017", "exit 3", "setsid sleep 2018 & exit 4", "head -c 9000000 /dev/zero; exec sleep 2019"];

/// An adapter that runs the next script each time it is started. The first time it is the engine, for its greeting.
fn ever_different(mark: &str, folder: &str) -> String {
    let midway = MIDWAY.iter().map(|script| format!("{}; {script}", greeting()));
    let kinds: Vec<String> = midway.chain(AT_START.map(str::to_owned)).collect();
    let arms = kinds.iter().enumerate().map(|(nth, script)| format!("{nth}) {script} ;;"));
    let arms = arms.collect::<Vec<_>>().join("\n").replace("$MARK", mark);
    let count = format!("n=0; until mkdir {folder}/$n 2>/dev/null; do n=$((n+1)); done");
    let engine = format!("[ $n -gt 0 ] || exec '{}' adapter serve", env!("CARGO_BIN_EXE_atm"));
    let script = format!("{count}; {engine}; case $((n % {})) in\n{arms}\nesac", kinds.len());
    shell_words::join(["sh", "-c", &script])
}

#[test]
fn two_hundred_hostile_adapters_leave_nothing_behind() {
    let mark = new_mark();
    let folder = std::env::temp_dir().join(format!("{mark}d"));
    std::fs::create_dir(&folder).expect("a folder can be made");
    let adapter = ever_different(&mark, folder.to_str().expect("UTF-8"));
    let limits = ["--case", "xep-0450/*", "--jobs", "8", "--timeout", "1", "--start-timeout", "1"];
    let mut run =
        Marked::start(&mark, &[&["conformance", "--quiet", "--adapter", &adapter], &limits[..]].concat());
    let peak = run.peak_memory();
    let ended = run.end();
    let started = std::fs::read_dir(&folder).expect("it is there").count();
    std::fs::remove_dir_all(&folder).expect("it is there");
    println!("{started} adapters, {peak} KiB at most");
    assert!(ended.left_behind.is_empty(), "{:?}", ended.left_behind);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(started >= 200, "only {started} adapters were started");
    assert!(peak < MEMORY, "{peak} KiB");
}
