use super::columns::DOT;
use super::picture::Vertex;
use crate::pictures::canvas::{BoxStyle, Canvas};
use crate::pictures::geometry::{Point, Rect};
use crate::pictures::ink;
use crate::pictures::position::DevicePresence;

/// Draws a dot for a device, or a square for a key without a device.
pub(super) fn draw(canvas: &mut Canvas, vertex: &Vertex, at: Point) {
    let there = BoxStyle { fill: ink::PAPER, border: ink::BLACK, width: 1.6, dash: None, radius: DOT };
    let look = match vertex.device {
        None => BoxStyle { radius: 0.0, ..there },
        Some((_, DevicePresence::There | DevicePresence::Absent)) => there,
        Some((_, DevicePresence::Compromised)) => {
            BoxStyle { fill: ink::DISTRUST, border: ink::DISTRUST, ..there }
        }
        Some((_, DevicePresence::Injected)) => {
            BoxStyle { fill: ink::DISTRUST, border: ink::DISTRUST, radius: 0.0, ..there }
        }
        Some((_, DevicePresence::Gone)) => BoxStyle { border: ink::GREY, dash: Some("2 2"), ..there },
    };
    canvas.block(Rect::around(at, 2.0 * DOT, 2.0 * DOT), look);
}
