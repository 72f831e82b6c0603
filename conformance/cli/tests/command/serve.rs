//! The server of a live search: the clients that it admits, and its answers.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::time::Duration;

use crate::atm::{Folder, atm, command};

/// A world in which a device can undo the distrust of its own user, but not in the order of the file.
const WORLD: &str = "\
format: 1
title: Can a distrust be lost?
requirements: [atm/invariants/revocation]
accounts:
  alice: { devices: { phone: , notebook: , tablet: } }
steps:
  - authenticate: alice/phone -> alice/notebook, alice/tablet
  - authenticate: alice/notebook -> alice/phone
  - distrust: alice/phone -> alice/tablet
";

/// The time limit of all answers that need no long search.
const TIMEOUT: Duration = Duration::from_secs(20);

/// A world whose search takes longer than a test.
const LONG: [&str; 9] = [
    "readme/20-to-8",
    "--orders",
    "free",
    "--announcement",
    "relay",
    "--without",
    "independence",
    "--max-states",
    "1000000000",
];

/// The server of a live search. It is killed at the end of the test.
struct Served {
    child: Child,
    /// The address of this machine with the port.
    address: String,
    token: String,
}

impl Served {
    fn new(folder: &Folder) -> Self {
        Self::scenario(&[&folder.write("world.yaml", WORLD), "--orders", "free"])
    }

    /// Starts a live search with these arguments.
    fn scenario(arguments: &[&str]) -> Self {
        let mut command = command();
        command.arg("explore").args(arguments).arg("--serve");
        let mut child = command.stderr(Stdio::piped()).spawn().expect("the command can be started");
        let mut line = String::new();
        let stderr = child.stderr.take().expect("standard error is read");
        BufReader::new(stderr).read_line(&mut line).expect("it says where the page is");
        let place = line.split("http://").nth(1).and_then(|rest| rest.split(' ').next());
        let (address, token) = place.and_then(|place| place.split_once('/')).expect(&line);
        Self { child, address: address.to_owned(), token: token.trim_end_matches('/').to_owned() }
    }

    /// Opens a connection, and sends these words.
    fn say(&self, words: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).expect("the server listens");
        stream.set_read_timeout(Some(TIMEOUT)).expect("a timeout");
        stream.write_all(words.as_bytes()).expect("it reads");
        stream
    }

    /// Sends a request with these headers. Returns the status and the body of the answer.
    fn ask(&self, path: &str, headers: &str) -> (String, String) {
        answer(self.say(&format!("GET {path} HTTP/1.1\r\n{headers}Connection: close\r\n\r\n")))
    }

    /// A request of the page, without the final empty line.
    fn request(&self, what: &str) -> String {
        format!("GET /{}/{what} HTTP/1.1\r\nHost: {}\r\n", self.token, self.address)
    }

    /// Opens a connection, and requests a search.
    fn search(&self) -> TcpStream {
        self.say(&format!("{}\r\n", self.request("search?way=")))
    }

    /// Searches for an end. Returns the way, and the whole answer.
    fn found(&self) -> (String, serde_json::Value) {
        let (status, found) = self.get("search?way=");
        assert_eq!(status, "200", "{found}");
        let found: serde_json::Value = serde_json::from_str(&found).expect("it is JSON");
        let way: Vec<String> =
            found["way"].as_array().expect("a way").iter().map(ToString::to_string).collect();
        (way.join("."), found)
    }

    /// The number of threads of the server.
    #[cfg(target_os = "linux")]
    fn threads(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/task", self.child.id())).expect("it runs").count()
    }

    fn get(&self, what: &str) -> (String, String) {
        self.ask(&format!("/{}/{what}", self.token), &format!("Host: {}\r\n", self.address))
    }
}

fn answer(mut stream: TcpStream) -> (String, String) {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    (head.split(' ').nth(1).expect("a status").to_owned(), body.to_owned())
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn only_the_page_of_this_server_may_ask() {
    let served = Served::new(&Folder::new("serve-who"));
    let (address, token) = (&served.address, &served.token);
    let (_, port) = address.split_once(':').expect("a port");
    let page = format!("/{token}/");
    let status = |path: &str, headers: &str| served.ask(path, headers).0;
    assert_eq!(status(&page, &format!("Host: {address}\r\n")), "200");
    assert_eq!(status(&page, &format!("Host: localhost:{port}\r\n")), "200");
    assert_eq!(status(&page, &format!("Host: {address}\r\nOrigin: http://{address}\r\n")), "200");
    let refused = [
        ("/", format!("Host: {address}\r\n")),
        ("/0123456789abcdef0123456789abcdef/", format!("Host: {address}\r\n")),
        (&*page, format!("Host: evil.example:{port}\r\n")),
        (&*page, format!("Host: {address}\r\nOrigin: http://evil.example\r\n")),
        (&*page, format!("Host: {address}\r\nOrigin: null\r\n")),
    ];
    for (path, headers) in refused {
        assert_eq!(status(path, &headers), "403", "{path} {headers}");
    }
}

#[test]
fn a_way_to_the_broken_end_can_be_saved_and_run() {
    let folder = Folder::new("serve-way");
    let served = Served::new(&folder);
    assert!(served.get("place?way=").1.contains("alice/phone authenticates alice/notebook, alice/tablet"));
    let (way, found) = served.found();
    assert!(found["result"].is_null(), "{found}");
    let (_, saved) = served.get(&format!("scenario?way={way}"));
    let ran = atm(["run", &folder.write("way.yaml", &saved)]);
    assert_eq!(ran.code, 1, "{}", ran.stdout);
    assert!(ran.stdout.contains("broken promise revocation"), "{}", ran.stdout);
}

#[test]
fn a_wrong_way_is_refused_with_a_reason() {
    let served = Served::new(&Folder::new("serve-wrong"));
    let (status, reason) = served.get("place?way=0.99");
    assert_eq!((&*status, reason.contains("move 2 of the way is number 99")), ("400", true), "{reason}");
    for what in ["place", "scenario", "search"] {
        assert_eq!(served.get(&format!("{what}?way=9")).0, "400", "{what}");
        assert_eq!(served.get(&format!("{what}?way=x")).0, "400", "{what}");
    }
    assert_eq!(served.get("nothing").0, "404");
}

#[test]
fn nobody_scans_the_code_of_a_device_that_is_not_there_yet() {
    let served = Served::scenario(&["one-key/new-endpoint", "--orders", "free"]);
    let (_, place) = served.get("place?way=");
    let place: serde_json::Value = serde_json::from_str(&place).expect("it is JSON");
    let next: Vec<&str> =
        place["next"].as_array().expect("a list").iter().filter_map(serde_json::Value::as_str).collect();
    assert!(!next.iter().any(|next| next.contains("code of alice/notebook")), "{next:?}");
    for (number, step) in next.iter().enumerate() {
        assert_eq!(served.get(&format!("place?way={number}")).0, "200", "{step}");
    }
    let added = next.iter().position(|next| next.contains("notebook")).expect("a step adds the notebook");
    assert!(served.get(&format!("place?way={added}")).1.contains("scans the code of alice/notebook"));
}

#[test]
fn a_search_finds_an_end_that_the_scenario_declares() {
    let folder = Folder::new("serve-declared");
    let served = Served::scenario(&["hazards/restated-trust-undoes-a-distrust"]);
    let (way, found) = served.found();
    assert_eq!(found["result"], "The scenario says that it breaks revocation, as this end does.");
    let (_, saved) = served.get(&format!("scenario?way={way}"));
    let ran = atm(["run", &folder.write("way.yaml", &saved)]);
    assert!(ran.stdout.contains("broken promise revocation"), "{}", ran.stdout);
}

#[test]
fn a_search_holds_nothing_up_and_ends_when_another_one_begins() {
    let served = Served::scenario(&LONG);
    // The server may read the two requests in either order.
    let searches = [served.search(), served.search()];
    assert_eq!(served.get("place?way=0").0, "200");
    wait_until(|| searches.iter().any(is_answered));
    let (ended, running): (Vec<_>, Vec<_>) = searches.into_iter().partition(is_answered);
    let [ended] = <[TcpStream; 1]>::try_from(ended).expect("one search ends");
    let (status, result) = answer(ended);
    assert_eq!((&*status, result.contains("Another search has begun")), ("200", true), "{result}");
    assert!(!running.iter().any(is_answered), "the other search goes on");
}

/// Whether something can be read from this connection.
fn is_answered(client: &TcpStream) -> bool {
    client.set_nonblocking(true).expect("it can be asked whether there is an answer");
    let is_answered = client.peek(&mut [0]).is_ok();
    client.set_nonblocking(false).expect("the answer can be waited for");
    is_answered
}

#[cfg(target_os = "linux")]
#[test]
fn a_search_ends_when_its_client_leaves() {
    let served = Served::scenario(&LONG);
    let threads = served.threads();
    let search = served.search();
    wait_until(|| served.threads() > threads);
    assert_eq!(served.get("place?way=").0, "200");
    drop(search);
    wait_until(|| served.threads() == threads);
}

fn wait_until(is_so: impl Fn() -> bool) {
    let pause = Duration::from_millis(50);
    let tries = TIMEOUT.as_millis() / pause.as_millis();
    assert!(
        (0..tries).any(|_| is_so() || {
            std::thread::sleep(pause);
            false
        }),
        "it takes too long"
    );
}

#[test]
fn a_client_that_does_not_read_keeps_nobody_out() {
    let served = Served::new(&Folder::new("serve-unread"));
    let request = format!("{}\r\n", served.request(""));
    let mut unread = served.say("");
    // The server may close the connection after its first answer.
    let _ = unread.write_all(request.repeat(1_000).as_bytes());
    for _ in 0..100 {
        assert_eq!(served.get("place?way=").0, "200");
    }
}

#[test]
fn clients_that_do_not_finish_their_requests_keep_nobody_out() {
    let served = Served::new(&Folder::new("serve-unfinished"));
    let _unfinished: Vec<_> = (0..200).map(|_| served.say("GET / HTTP/1.1\r\nHost:")).collect();
    assert_eq!(served.get("place?way=").0, "200");
    #[cfg(target_os = "linux")]
    assert!(served.threads() < 50, "{} threads", served.threads());
}

#[test]
fn a_request_names_one_host() {
    let served = Served::new(&Folder::new("serve-host"));
    let (page, address) = (format!("/{}/", served.token), &served.address);
    assert_eq!(served.ask(&page, &format!("Host: {address}\r\nHost: evil.example\r\n")).0, "400");
    assert_eq!(served.ask(&page, "").0, "400");
    let long = format!("Host: {address}\r\nCookie: {}\r\n", "a".repeat(20_000));
    assert_eq!(served.ask(&page, &long).0, "400");
}

#[test]
fn it_serves_one_rule_and_every_delivery() {
    let ran = atm(["explore", "readme/20-to-8", "--serve", "--deliveries", "drained"]);
    assert_eq!((ran.code, ran.stderr.contains("--deliveries drained")), (64, true), "{}", ran.stderr);
    let ran = atm(["explore", "readme/20-to-8", "--serve", "--announcement", "direct,relay"]);
    assert_eq!((ran.code, ran.stderr.contains("one announcement rule")), (64, true), "{}", ran.stderr);
}
