use crate::atm::{Scratch, atm, served};

/// Plays pairs of the engine and an adapter that serves the engine with these options.
fn interop(name: &str, options: &str, more: &[&str]) -> crate::atm::Done {
    let adapter = format!("{name}={}", served(options));
    atm(&[&["interop", "--adapter", &adapter, "--jobs", "1"], more].concat())
}

/// The cells of the first table, row by row.
fn table(out: &str) -> Vec<Vec<&str>> {
    let rows = out.lines().skip_while(|line| !line.contains("authentications at the end")).skip(3);
    let rows = rows.take_while(|line| !line.is_empty());
    rows.map(|row| row.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect()).collect()
}

#[test]
fn equal_rules_live_together() {
    let done = interop("other", "", &["readme/20-to-8"]);
    assert_eq!(done.code, Some(0), "{}{}", done.out, done.err);
    let all = "✓ 20 of 20";
    assert_eq!(table(&done.out), [vec!["atm-engine", all, all], vec!["other", all]]);
    assert!(done.out.ends_with("PASS all pairs end as they should\n"), "{}", done.out);
}

/// With `direct` alone, the example ends with 18 of 20 authentications, as the README says.
#[test]
fn a_pair_that_ends_short_is_told_with_a_command_that_repeats_it() {
    let done = interop("direct", " --announcement direct", &["readme/20-to-8"]);
    assert_eq!(done.code, Some(1), "{}{}", done.out, done.err);
    let rows = table(&done.out);
    assert_eq!(rows[0][1], "✓ 20 of 20", "{}", done.out);
    assert_eq!(rows[0][2], "✗ 18 to 20 of 20", "{}", done.out);
    assert_eq!(rows[1][1], "✗ 18 of 20", "{}", done.out);
    let (_, alone) = done.out.split_once("direct alone\n").expect("the pair");
    assert!(alone.contains("18 of 20 authentications in 1 assignment; missing "), "{alone}");
    let command = alone.lines().find_map(|line| line.trim().strip_prefix("repeat: ")).expect("a command");
    let words = shell_words::split(command).expect("a command line");
    let words: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
    assert!(words.contains(&"bob=direct"), "{command}");
    let repeated = atm(&words);
    assert_eq!(repeated.code, Some(0), "{}{}", repeated.out, repeated.err);
    assert!(repeated.out.contains("AS EXPECTED direct"), "{}", repeated.out);
}

#[test]
fn each_cell_of_the_page_leads_to_its_runs() {
    let page = Scratch::new("interop.html");
    let done = interop(
        "direct",
        " --announcement direct",
        &["readme/20-to-8", "test-cases/b1-for-c1-distrust", "--format", "html", "-o", page.name()],
    );
    assert_eq!(done.code, Some(1), "{}{}", done.out, done.err);
    let page = page.read();
    let links: Vec<&str> = page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(links.len(), 6, "three pairs in two tables");
    for link in links {
        let (_, section) =
            page.split_once(&format!("<section id=\"{link}\">")).expect("each cell has a section");
        let (section, _) = section.split_once("</section>").expect("its end");
        assert!(section.contains("<script type=\"text/plain\">H4sI"), "a packed run: {link}");
    }
}

#[test]
fn a_scenario_with_too_many_devices_is_refused() {
    let scenario = Scratch::new("many.yaml");
    let devices: Vec<String> = (1..=9).map(|number| format!("d{number}: ")).collect();
    let accounts = format!("accounts: {{ alice: {{ devices: {{ {} }} }} }}", devices.join(", "));
    scenario
        .write(&format!("format: 1\ntitle: Many\nrequirements: [xep-0450/ao-r]\n{accounts}\nsteps: []\n"));
    let done = interop("other", "", &[scenario.name()]);
    assert_eq!(done.code, Some(64), "{}{}", done.out, done.err);
    assert!(done.err.contains("has 9 devices"), "{}", done.err);
}

#[test]
fn an_adapter_is_not_called_as_the_engine_is() {
    let done = atm(&["interop", "--adapter", &served("")]);
    assert_eq!(done.code, Some(64), "{}{}", done.out, done.err);
    assert!(done.err.contains("NAME=CMD"), "{}", done.err);
}
