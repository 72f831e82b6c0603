//! A live search: the page and its requests, served to a browser on this machine.

use std::net::TcpListener;

use atm_reports::mistakes;
use atm_reports::page::{LivePlace, live_page};
use atm_simulator::scenario::Scenario;
use atm_simulator::search::explore::{Settings, Ways};

use super::http::{self, Answer, Client, Request};
use super::searching::Searches;
use crate::exit::Exit;

/// A scenario that is served, with the settings of its search.
pub(in crate::command) struct LiveSearch<'a> {
    pub(in crate::command) path: &'a str,
    pub(in crate::command) scenario: &'a Scenario,
    pub(in crate::command) settings: &'a Settings,
    pub(in crate::command) limit: Option<std::time::Duration>,
}

/// Serves until a signal ends it.
pub(in crate::command) fn serve(search: &LiveSearch<'_>) -> Exit {
    let ways = match Ways::new(search.scenario, search.settings.orders, search.settings.options) {
        Ok(ways) => ways,
        Err(error) => {
            mistakes::complain(format_args!("{}: {error}", search.path));
            return Exit::Usage;
        }
    };
    let opened = TcpListener::bind("127.0.0.1:0").and_then(|listener| Ok((listener.local_addr()?, listener)));
    let (address, listener) = match opened {
        Ok((address, listener)) => (address.to_string(), listener),
        Err(error) => {
            mistakes::complain(format_args!("atm: no port of this machine can be opened: {error}"));
            return Exit::SetUp;
        }
    };
    let token = match token() {
        Ok(token) => token,
        Err(error) => {
            mistakes::complain(format_args!("atm: this system gives no random numbers: {error}"));
            return Exit::SetUp;
        }
    };
    mistakes::complain(format_args!("atm: open http://{address}/{token}/ in a browser; Ctrl-C ends it"));
    let searches = Searches::default();
    http::answer_all(&listener, &|request, client| match admitted(request, &address, &token) {
        Ok(what) => search.answer((&ways, &searches), what, client),
        Err(refusal) => refusal,
    });
    Exit::AsExpected
}

/// The path and query of a request, without the token. The request must contain the token, and come from a page of this
/// server or from no page. A foreign page whose name resolves to this machine sends another `Host`.
fn admitted<'a>(request: &'a Request, address: &str, token: &str) -> Result<&'a str, Answer> {
    let port = address.rsplit_once(':').map_or("", |(_, port)| port);
    let hosts = [address.to_owned(), format!("localhost:{port}")];
    let is_ours = |host: &str| hosts.iter().any(|ours| ours == host);
    let [host] = request.values("Host")[..] else {
        return Err(Answer::refusal(400, "A request names one host."));
    };
    let mut origins = request.values("Origin").into_iter();
    let is_own_origin = origins.all(|origin| origin.strip_prefix("http://").is_some_and(is_ours));
    let path = request.target.strip_prefix('/').and_then(|path| path.strip_prefix(token)?.strip_prefix('/'));
    match path {
        Some(what) if is_ours(host) && is_own_origin && request.method == "GET" => Ok(what),
        _ => Err(Answer::refusal(403, "This page is for the browser that was given its address.")),
    }
}

impl LiveSearch<'_> {
    fn answer(&self, (ways, searches): (&Ways<'_>, &Searches), what: &str, client: Client<'_>) -> Answer {
        let (path, query) = what.split_once('?').unwrap_or((what, ""));
        match path {
            "" => {
                return Answer {
                    status: 200,
                    kind: "text/html; charset=utf-8",
                    body: live_page(self.scenario),
                };
            }
            "place" | "scenario" | "search" => {}
            _ => return Answer::refusal(404, "There is nothing here."),
        }
        let Some(choices) = choices(query) else {
            return Answer::refusal(400, "The way is not a list of numbers with dots between them.");
        };
        // Every request needs a possible way.
        let place = match ways.place(&choices) {
            Ok(place) => place,
            Err(error) => return Answer::refusal(400, &error.to_string()),
        };
        match path {
            "search" => searches.run(self, ways, client),
            "scenario" => Answer {
                status: 200,
                kind: "application/yaml; charset=utf-8",
                body: place.scenario.to_yaml(),
            },
            _ => {
                let options = &self.settings.options;
                Answer::json(LivePlace::of(&place, (self.path, self.scenario), options).to_json())
            }
        }
    }
}

/// The moves of a way, such as `way=0.2.1`; `None` if one is not a number.
fn choices(query: &str) -> Option<Vec<usize>> {
    let way = query.split('&').find_map(|part| part.strip_prefix("way=")).unwrap_or("");
    way.split('.').filter(|part| !part.is_empty()).map(|part| part.parse().ok()).collect()
}

/// A random token. Only the user who started the server knows it.
fn token() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
