use saphyr_parser::{Event, Parser};

use super::outline::{MAX_DEPTH, too_deep};

/// Refuses YAML with too many lists and maps inside each other, before a reader takes a time that grows with the square
/// of their number. Other mistakes are left to that reader.
///
/// # Errors
///
/// Returns the place and the limit.
pub fn check_depth(text: &str) -> Result<(), String> {
    let mut depth = 0;
    for event in Parser::new_from_str(text) {
        let (event, span) = match event {
            Ok(event) => event,
            Err(error) if error.info().contains("recursion limit") => {
                return Err(format!("line {}: {}", error.marker().line(), too_deep()));
            }
            Err(_) => return Ok(()),
        };
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
        for text in [&*nested(MAX_DEPTH - 1), &many, "not: [closed", ""] {
            assert_eq!(check_depth(text), Ok(()), "{text}");
        }
        for depth in [MAX_DEPTH, 300, 100_000] {
            assert_eq!(check_depth(&nested(depth)), Err(format!("line 2: {}", too_deep())), "{depth}");
        }
    }
}
