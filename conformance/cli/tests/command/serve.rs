//! The server of a live search: who may ask it, and what it answers.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use crate::atm::{Folder, atm, command};

/// A world in which a user's distrust can be undone on her own device, but not in the order of the file.
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

/// A live search that ends with the test.
struct Served {
    child: Child,
    /// The address of this machine and the port.
    address: String,
    token: String,
}

impl Served {
    fn new(folder: &Folder) -> Self {
        let file = folder.write("world.yaml", WORLD);
        let mut command = command();
        command.args(["explore", &file, "--orders", "free", "--serve"]);
        let mut child = command.stderr(Stdio::piped()).spawn().expect("the command can be started");
        let mut line = String::new();
        let stderr = child.stderr.take().expect("standard error is read");
        BufReader::new(stderr).read_line(&mut line).expect("it says where the page is");
        let place = line.split("http://").nth(1).and_then(|rest| rest.split(' ').next());
        let (address, token) = place.and_then(|place| place.split_once('/')).expect(&line);
        Self { child, address: address.to_owned(), token: token.trim_end_matches('/').to_owned() }
    }

    /// The status and the body of an answer.
    fn ask(&self, path: &str, headers: &str) -> (String, String) {
        let mut stream = TcpStream::connect(&self.address).expect("the server listens");
        write!(stream, "GET {path} HTTP/1.1\r\n{headers}Connection: close\r\n\r\n").expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        (head.split(' ').nth(1).expect("a status").to_owned(), body.to_owned())
    }

    fn get(&self, what: &str) -> (String, String) {
        self.ask(&format!("/{}/{what}", self.token), &format!("Host: {}\r\n", self.address))
    }
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
    let (status, found) = served.get("search?way=");
    assert_eq!(status, "200", "{found}");
    let found: serde_json::Value = serde_json::from_str(&found).expect("it is JSON");
    let way: Vec<String> = found["way"].as_array().expect("a way").iter().map(ToString::to_string).collect();
    let (_, saved) = served.get(&format!("scenario?way={}", way.join(".")));
    let ran = atm(["run", &folder.write("way.yaml", &saved)]);
    assert_eq!(ran.code, 1, "{}", ran.stdout);
    assert!(ran.stdout.contains("broken promise revocation"), "{}", ran.stdout);
}

#[test]
fn a_wrong_way_is_refused_with_a_reason() {
    let served = Served::new(&Folder::new("serve-wrong"));
    let (status, reason) = served.get("place?way=0.99");
    assert_eq!((&*status, reason.contains("move 2 of the way is number 99")), ("400", true), "{reason}");
    assert_eq!(served.get("place?way=x").0, "400");
    assert_eq!(served.get("nothing").0, "404");
}

#[test]
fn it_serves_one_rule_and_every_delivery() {
    let ran = atm(["explore", "readme/20-to-8", "--serve", "--deliveries", "drained"]);
    assert_eq!((ran.code, ran.stderr.contains("--deliveries drained")), (64, true), "{}", ran.stderr);
    let ran = atm(["explore", "readme/20-to-8", "--serve", "--announcement", "direct,relay"]);
    assert_eq!((ran.code, ran.stderr.contains("one announcement rule")), (64, true), "{}", ran.stderr);
}
