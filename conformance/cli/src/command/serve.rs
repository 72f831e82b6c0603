//! A live search: the page of a way through a world, served to a browser on this machine.

use std::io::Cursor;

use atm_reports::mistakes;
use atm_reports::page::{LivePlace, live_page};
use atm_simulator::scenario::Scenario;
use atm_simulator::search::explore::{self, Extent, Settings, Ways};
use serde_json::json;
use tiny_http::{Header, Method, Request, Response, Server};

use super::explore::Clock;
use crate::exit::Exit;

/// A scenario that is served, and how it is explored.
pub(super) struct LiveSearch<'a> {
    pub(super) path: &'a str,
    pub(super) scenario: &'a Scenario,
    pub(super) settings: &'a Settings,
    pub(super) limit: Option<std::time::Duration>,
}

/// An answer without its headers.
struct Answer {
    status: u16,
    kind: &'static str,
    body: String,
}

/// Serves until a signal ends it.
pub(super) fn serve(search: &LiveSearch<'_>) -> Exit {
    let ways = match Ways::new(search.scenario, search.settings.orders, search.settings.options) {
        Ok(ways) => ways,
        Err(error) => {
            mistakes::complain(format_args!("{}: {error}", search.path));
            return Exit::Usage;
        }
    };
    let server = match Server::http("127.0.0.1:0") {
        Ok(server) => server,
        Err(error) => {
            mistakes::complain(format_args!("atm: no port of this machine can be opened: {error}"));
            return Exit::SetUp;
        }
    };
    let address = server.server_addr().to_string();
    let token = match token() {
        Ok(token) => token,
        Err(error) => {
            mistakes::complain(format_args!("atm: this system gives no random numbers: {error}"));
            return Exit::SetUp;
        }
    };
    mistakes::complain(format_args!("atm: open http://{address}/{token}/ in a browser; Ctrl-C ends it"));
    for request in server.incoming_requests() {
        let answer = match admitted(&request, &address, &token) {
            Some(what) => search.answer(&ways, what),
            None => Answer::refusal(403, "This page is for the browser that was given its address."),
        };
        // A browser may hang up.
        let _ = request.respond(answer.response());
    }
    Exit::AsExpected
}

/// The path and query of a request, without the token. `None` unless the request knows the token, and comes from a page of
/// this server or from no page. A page from elsewhere whose name leads to this machine has another host.
fn admitted<'a>(request: &'a Request, address: &str, token: &str) -> Option<&'a str> {
    let value = |name: &'static str| {
        let header = request.headers().iter().find(|header| header.field.equiv(name))?;
        Some(header.value.as_str())
    };
    let (_, port) = address.rsplit_once(':')?;
    let hosts = [address.to_owned(), format!("localhost:{port}")];
    let is_ours = |host: &str| hosts.iter().any(|ours| ours == host);
    let is_own_host = value("Host").is_some_and(is_ours);
    let origin = value("Origin");
    let is_own_origin = origin.is_none_or(|origin| origin.strip_prefix("http://").is_some_and(is_ours));
    let what = request.url().strip_prefix('/')?.strip_prefix(token)?.strip_prefix('/')?;
    (is_own_host && is_own_origin && *request.method() == Method::Get).then_some(what)
}

impl LiveSearch<'_> {
    fn answer(&self, ways: &Ways<'_>, what: &str) -> Answer {
        let (path, query) = what.split_once('?').unwrap_or((what, ""));
        if path.is_empty() {
            return Answer { status: 200, kind: "text/html; charset=utf-8", body: live_page(self.scenario) };
        }
        let Some(choices) = choices(query) else {
            return Answer::refusal(400, "The way is not a list of numbers with dots between them.");
        };
        let answer = match path {
            "place" => ways.place(&choices).map(|place| {
                let options = &self.settings.options;
                Answer::json(LivePlace::of(&place, (self.path, self.scenario), options).to_json())
            }),
            "scenario" => ways.place(&choices).map(|place| Answer {
                status: 200,
                kind: "application/yaml; charset=utf-8",
                body: place.scenario.to_yaml(),
            }),
            "search" => return self.search(ways),
            _ => return Answer::refusal(404, "There is nothing here."),
        };
        answer.unwrap_or_else(|error| Answer::refusal(400, &error.to_string()))
    }

    /// Searches for a broken end, and answers with the way there.
    fn search(&self, ways: &Ways<'_>) -> Answer {
        let clock = Clock::start(self.limit);
        let found = explore::explore(self.scenario, self.settings, &mut |_| clock.flow());
        let explored = match found {
            Ok(explored) => explored,
            Err(error) => return Answer::refusal(500, &error.to_string()),
        };
        match &explored.counterexample {
            Some(broken) => match ways.along(&broken.way) {
                Ok(way) => Answer::json(json!({ "way": way }).to_string()),
                Err(error) => Answer::refusal(500, &error.to_string()),
            },
            None => {
                let result = match explored.extent {
                    Extent::Exhausted => "No end is broken",
                    Extent::Broken | Extent::TooManyStates | Extent::Stopped => "None was found so far",
                };
                Answer::json(json!({ "way": null, "result": result }).to_string())
            }
        }
    }
}

impl Answer {
    fn json(body: String) -> Self {
        Self { status: 200, kind: "application/json", body }
    }

    fn refusal(status: u16, reason: &str) -> Self {
        Self { status, kind: "text/plain; charset=utf-8", body: reason.to_owned() }
    }

    fn response(self) -> Response<Cursor<Vec<u8>>> {
        let headers = [
            ("Content-Type", self.kind),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
        ];
        let response = Response::from_string(self.body).with_status_code(self.status);
        headers.into_iter().fold(response, |response, (name, value)| {
            response.with_header(Header::from_bytes(name, value).expect("our headers are ASCII"))
        })
    }
}

/// The moves of a way: `way=0.2.1`.
fn choices(query: &str) -> Option<Vec<usize>> {
    let way = query.split('&').find_map(|part| part.strip_prefix("way=")).unwrap_or("");
    way.split('.').filter(|part| !part.is_empty()).map(|part| part.parse().ok()).collect()
}

/// A random word that only the person knows who started the server.
fn token() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
