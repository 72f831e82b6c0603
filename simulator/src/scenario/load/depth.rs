use saphyr_parser::{Event, Parser};

use super::outline::{MAX_DEPTH, too_deep};

/// Refuses YAML with too many lists and maps inside each other, before a reader takes a time that grows with the square
/// of their number.
///
/// # Errors
///
/// Returns the place, with the limit or the mistake that makes the text no YAML.
pub fn check_depth(text: &str) -> Result<(), String> {
    let mut depth = 0;
    for event in Parser::new_from_str(text) {
        let (event, span) =
            event.map_err(|error| format!("line {}: {}", error.marker().line(), error.info()))?;
        match event {
            Event::SequenceStart(..) | Event::MappingStart(..) => depth += 1,
            Event::SequenceEnd | Event::MappingEnd => depth -= 1,
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Err(format!("line {}: {}", span.start.line(), too_deep()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_maps_are_counted_where_they_are_open() {
        let nested = |depth: usize| format!("a:\n  {}{}\n", "[".repeat(depth), "]".repeat(depth));
        let many = format!("[{}]", "[],".repeat(100));
        for text in [&*nested(MAX_DEPTH - 1), &many, ""] {
            assert_eq!(check_depth(text), Ok(()), "{text}");
        }
        for text in ["not: [closed".to_owned(), format!("a:\n{}", "[".repeat(100_000))] {
            assert!(check_depth(&text).is_err_and(|mistake| mistake.starts_with("line ")));
        }
        assert_eq!(check_depth(&nested(MAX_DEPTH)), Err(format!("line 2: {}", too_deep())));
    }
}
