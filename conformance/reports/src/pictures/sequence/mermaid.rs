use super::diagram::Diagram;
use super::rows::{Arrow, DiagramRow, Fate, Note};
use crate::escape;
use crate::pictures::position::DevicePresence;
use atm_simulator::cast::DeviceId;

/// A space-time diagram as a Mermaid `sequenceDiagram`.
pub(crate) fn mermaid(diagram: &Diagram<'_>) -> String {
    let mut lines = vec![
        "---".to_owned(),
        format!("title: {}", escape::mermaid_title(diagram.title)),
        "---".to_owned(),
        "sequenceDiagram".to_owned(),
    ];
    participants(diagram, &mut lines);
    for row in &diagram.rows {
        match row {
            DiagramRow::Step { number, text, presence, .. } => {
                let text = escape::mermaid(&format!("{number}. {text}"));
                lines.push(format!("  Note over {}: {text}", everybody(diagram)));
                if let Some((device, presence)) = presence {
                    lines.push(format!("  Note over {}: {}", id(*device), presence_text(*presence)));
                }
            }
            DiagramRow::Event { arrow, notes } => {
                if let Some(arrow) = arrow {
                    draw(arrow, &mut lines);
                }
                tell(notes, &mut lines);
            }
            DiagramRow::Mismatch { text, arrow, notes } => {
                lines.push(format!("  Note over {}: {}", everybody(diagram), escape::mermaid(text)));
                if let Some(arrow) = arrow {
                    draw(arrow, &mut lines);
                }
                tell(notes, &mut lines);
            }
        }
    }
    lines.push(String::new());
    lines.join("\n")
}

fn participants(diagram: &Diagram<'_>, lines: &mut Vec<String>) {
    for devices in diagram.columns.chunk_by(|one, other| one.account == other.account) {
        lines.push(format!("  box transparent {}", escape::mermaid(&devices[0].account)));
        for column in devices {
            lines.push(format!("    participant {} as {}", id(column.device), escape::mermaid(&column.name)));
        }
        lines.push("  end".to_owned());
    }
    if has_stanzas_by_hand(diagram) {
        lines.push("  participant hand as made by hand".to_owned());
    }
}

fn tell(notes: &[Note], lines: &mut Vec<String>) {
    for note in notes {
        lines.push(format!("  Note over {}: {}", id(note.device), escape::mermaid(&note.text())));
    }
}

/// Adds an arrow. Mermaid has no arrow to several participants, so each gets one.
fn draw(arrow: &Arrow, lines: &mut Vec<String>) {
    let from = arrow.from.map_or("hand".to_owned(), id);
    let line = match arrow.fate {
        Fate::Arrives => "->>",
        Fate::ArrivesLater => "-->>",
        Fate::Kept | Fate::Withheld => "--)",
        Fate::Lost | Fate::Missing => "--x",
    };
    for to in &arrow.to {
        lines.push(format!("  {from}{line}{}: {}", id(*to), escape::mermaid(&arrow.label)));
    }
}

fn presence_text(presence: DevicePresence) -> &'static str {
    match presence {
        DevicePresence::Absent => "is not there yet",
        DevicePresence::There => "joins",
        DevicePresence::Compromised => "is in an adversary's hands, too",
        DevicePresence::Injected => "is made by an adversary",
        DevicePresence::Gone => "leaves",
    }
}

fn has_stanzas_by_hand(diagram: &Diagram<'_>) -> bool {
    diagram
        .rows
        .iter()
        .any(|row| matches!(row, DiagramRow::Event { arrow: Some(Arrow { from: None, .. }), .. }))
}

fn everybody(diagram: &Diagram<'_>) -> String {
    match diagram.columns.as_slice() {
        [] => String::new(),
        [only] => id(only.device),
        [first, .., last] => format!("{},{}", id(first.device), id(last.device)),
    }
}

fn id(device: DeviceId) -> String {
    format!("d{}", device.index())
}
