use super::edges::EdgeKind;
use super::picture::{TrustPicture, Vertex};
use crate::escape;
use crate::pictures::position::DevicePresence;

/// A trust graph in the language of Graphviz.
pub(crate) fn dot(picture: &TrustPicture<'_>) -> String {
    let title = escape::dot(&format!("{}, {}", picture.title, picture.moment));
    let wrong = picture.mismatches.iter().map(|mismatch| escape::dot(&mismatch.text()));
    // Graphviz concatenates strings with `+`, and ` ` begins a new line.
    let title = [title].into_iter().chain(wrong).collect::<Vec<_>>().join(" + \"\\n\" + ");
    let mut lines = vec![
        "digraph trust {".to_owned(),
        format!("  label={title};"),
        "  labelloc=t; rankdir=LR; fontname=\"Helvetica\";".to_owned(),
        "  node [shape=box, fontname=\"Helvetica\"]; edge [fontname=\"Helvetica\", fontsize=10];".to_owned(),
    ];
    for kind in EdgeKind::ALL {
        if picture.edges.iter().any(|edge| edge.kind == kind) {
            lines.push(format!("  // {}: {}", kind.name(), look(kind)));
        }
    }
    for (position, group) in picture.groups.iter().enumerate() {
        lines.push(format!("  subgraph cluster_{position} {{"));
        lines.push(format!("    label={}; style=rounded;", escape::dot(&group.name)));
        for member in group.members.clone() {
            let vertex = &picture.vertices[member];
            let is_wrong = vertex.device.is_some_and(|(device, _)| !picture.wrong_at(device).is_empty());
            let (mark, look) =
                if is_wrong { (" \u{2717} wrong", ", color=\"#b3261e\", penwidth=3") } else { ("", "") };
            let label = escape::dot(&format!("{}{mark}", vertex.name));
            lines.push(format!("    v{member} [label={label}{}{look}];", vertex_look(vertex)));
        }
        lines.push("  }".to_owned());
    }
    for edge in &picture.edges {
        let both = if edge.mutual { ", dir=both" } else { "" };
        let label =
            edge.label.as_ref().map_or(String::new(), |label| format!(", label={}", escape::dot(label)));
        lines.push(format!("  v{} -> v{} [{}{both}{label}];", edge.from, edge.to, look(edge.kind)));
    }
    for (from, to) in picture.missing_messages() {
        lines.push(format!("  v{from} -> v{to} [label=\"\u{2717} missing message\", {MISSING_MESSAGE}];"));
    }
    lines.push("}\n".to_owned());
    lines.join("\n")
}

const MISSING_MESSAGE: &str = "color=\"#b3261e\", style=dashed, arrowhead=empty, constraint=false";

fn look(kind: EdgeKind) -> &'static str {
    match kind {
        EdgeKind::Manual => "color=\"#0b3d91\", penwidth=2.5",
        EdgeKind::Automatic => "color=\"#2f7dd1\", style=dashed, arrowhead=empty, arrowtail=empty",
        EdgeKind::ManualDistrust => "color=\"#b3261e\", penwidth=2.5, arrowhead=tee, arrowtail=tee",
        EdgeKind::AutomaticDistrust => "color=\"#b3261e\", style=dashed, arrowhead=tee, arrowtail=tee",
        EdgeKind::PostponedTrust => "color=\"#8a5a00\", style=dotted, arrowhead=obox",
        EdgeKind::PostponedDistrust => "color=\"#8a5a00\", style=dotted, arrowhead=box",
    }
}

fn vertex_look(vertex: &Vertex) -> &'static str {
    match vertex.device {
        None => ", shape=ellipse",
        Some((_, DevicePresence::There | DevicePresence::Absent)) => "",
        Some((_, DevicePresence::Compromised)) => ", peripheries=2, color=\"#b3261e\"",
        Some((_, DevicePresence::Injected)) => ", style=dashed, peripheries=2, color=\"#b3261e\"",
        Some((_, DevicePresence::Gone)) => ", style=dotted",
    }
}
