use graphlay::svg::{
    Attrs, DrawOrder, Halo, MarkerDef, MarkerRef, NodeContent, Point, Rect, Scene, SceneEdge, SceneNode,
    Shape, Size, Stroke, TextAnchor, TextRun, Theme, render,
};

use super::ink;

/// What an SVG picture is made of, in drawing order: lines below boxes and text.
pub(super) struct Canvas {
    scene: Scene,
}

/// How a box is drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct BoxLook {
    pub(super) fill: &'static str,
    pub(super) border: &'static str,
    pub(super) width: f64,
    pub(super) dash: Option<&'static str>,
    pub(super) radius: f64,
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct LineLook {
    pub(super) color: &'static str,
    pub(super) width: f64,
    pub(super) dash: Option<&'static str>,
    pub(super) start: End,
    pub(super) end: End,
    /// Whether it jumps over lines that it crosses.
    pub(super) hops: bool,
}

/// What stands at the end of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Plain,
    /// A filled arrow head.
    Arrow,
    /// An open arrow head.
    OpenArrow,
    /// A filled dot.
    Dot,
    /// A bar across the line.
    Bar,
    /// A cross.
    Cross,
    /// An open square.
    Square,
    /// A square with a cross in it.
    CrossedSquare,
}

/// How a text is drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct TextLook {
    pub(super) size: f64,
    pub(super) bold: bool,
    pub(super) color: &'static str,
    pub(super) anchor: TextAnchor,
    /// Whether lines that pass below keep off.
    pub(super) halo: bool,
}

impl TextLook {
    pub(super) const fn plain(anchor: TextAnchor) -> Self {
        Self { size: ink::TEXT, bold: false, color: ink::BLACK, anchor, halo: false }
    }

    pub(super) const fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    pub(super) const fn halo(self) -> Self {
        Self { halo: true, ..self }
    }

    pub(super) const fn size(self, size: f64) -> Self {
        Self { size, ..self }
    }

    pub(super) const fn color(self, color: &'static str) -> Self {
        Self { color, ..self }
    }
}

impl Canvas {
    /// An empty picture of which `description` tells those who cannot see it.
    pub(super) fn new(description: &str) -> Self {
        let attrs = Attrs::default().attr("role", "img").attr("aria-label", description);
        Self {
            scene: Scene {
                background: Some(ink::PAPER.to_owned()),
                padding: 16.0,
                order: DrawOrder::EdgesUnderNodes,
                font: ink::font(ink::TEXT),
                attrs,
                ..Scene::default()
            },
        }
    }

    pub(super) fn block(&mut self, rect: Rect, look: BoxLook) {
        let stroke = stroke(look.border, look.width, look.dash);
        self.scene.nodes.push(SceneNode {
            rect,
            shape: Shape::Rect { corner_radius: look.radius },
            fill: Some(look.fill.to_owned()),
            stroke: Some(stroke),
            ..SceneNode::default()
        });
    }

    /// A line of text; `at` is its start, middle or end at half its height.
    pub(super) fn text(&mut self, at: Point, text: &str, look: TextLook) {
        let run = TextRun {
            text: text.to_owned(),
            size: Some(look.size),
            weight: Some(if look.bold { 700.0 } else { 400.0 }),
            color: Some(look.color.to_owned()),
            anchor: look.anchor,
            halo: look.halo.then(|| Halo { color: ink::PAPER.to_owned(), width: 5.0 }),
            ..TextRun::default()
        };
        let content = vec![NodeContent::Text(run)];
        // A text that belongs to no box: the box around it has no size and is not drawn.
        let carrier = SceneNode {
            rect: Rect::new(at.x, at.y, 0.0, 0.0),
            fill: Some("none".to_owned()),
            stroke: Some(stroke("none", 0.0, None)),
            content,
            ..SceneNode::default()
        };
        self.scene.nodes.push(carrier);
    }

    pub(super) fn line(&mut self, points: Vec<Point>, look: LineLook) {
        let marker_start = self.marker(look.start, Side::Start, look.color);
        let marker_end = self.marker(look.end, Side::End, look.color);
        self.scene.edges.push(SceneEdge {
            points,
            stroke: stroke(look.color, look.width, look.dash),
            corner_radius: 8.0,
            hop_radius: if look.hops { 4.0 } else { 0.0 },
            marker_start,
            marker_end,
            ..SceneEdge::default()
        });
    }

    pub(super) fn svg(&self) -> String {
        let mut svg = render(&self.scene, &Theme::default(), &ink::measurer());
        svg.truncate(svg.trim_end().len());
        svg.push('\n');
        svg
    }

    fn marker(&mut self, end: End, side: Side, color: &'static str) -> MarkerRef {
        let Some(Head { name, markup, tip, gap }) = end.head(color) else { return MarkerRef::None };
        let line_end = tip - gap;
        let (prefix, markup, line_end) = match side {
            Side::Start => {
                ("from-", format!(r#"<g transform="rotate(180 6 6)">{markup}</g>"#), MARKER - line_end)
            }
            Side::End => ("to-", markup, line_end),
        };
        let id = format!("{prefix}{name}-{}", color.trim_start_matches('#'));
        if !self.scene.markers.iter().any(|marker| marker.id == id) {
            self.scene.markers.push(MarkerDef {
                id: id.clone(),
                markup,
                ref_point: Point::new(line_end, MARKER / 2.0),
                size: Size::new(MARKER, MARKER),
                tip_gap: gap,
                ..MarkerDef::default()
            });
        }
        MarkerRef::Custom { id }
    }
}

/// The side of the square in which a line's end is drawn.
const MARKER: f64 = 12.0;

#[derive(Clone, Copy, Debug)]
enum Side {
    Start,
    End,
}

/// What is drawn at the end of a line that comes from the left.
struct Head {
    name: &'static str,
    markup: String,
    /// How far right in its square it reaches.
    tip: f64,
    /// How much earlier than there the line itself ends.
    gap: f64,
}

impl End {
    fn head(self, color: &str) -> Option<Head> {
        let open = format!(r#"fill="{}" stroke="{color}" stroke-width="1.5""#, ink::PAPER);
        let stroke = format!(r#"fill="none" stroke="{color}" stroke-width="1.8""#);
        let (name, markup, tip, gap) = match self {
            Self::Plain => return None,
            Self::Arrow => ("arrow", format!(r#"<path d="M1 1.5L11 6L1 10.5z" fill="{color}"/>"#), 11.0, 7.0),
            Self::OpenArrow => {
                ("open-arrow", format!(r#"<path d="M1.5 2L10.5 6L1.5 10z" {open}/>"#), 10.5, 9.0)
            }
            Self::Dot => ("dot", format!(r#"<circle cx="6" cy="6" r="3" fill="{color}"/>"#), 6.0, 0.0),
            Self::Bar => ("bar", format!(r#"<path d="M4.5 0.5V11.5M8 0.5V11.5" {stroke}/>"#), 6.0, 0.0),
            Self::Cross => ("cross", format!(r#"<path d="M2 2L10 10M10 2L2 10" {stroke}/>"#), 10.5, 4.5),
            Self::Square => ("square", format!(r#"<path d="M2 2H10V10H2z" {open}/>"#), 10.0, 8.0),
            Self::CrossedSquare => {
                let markup = format!(
                    r#"<path d="M1.5 1.5H10.5V10.5H1.5zM1.5 1.5L10.5 10.5M10.5 1.5L1.5 10.5" {open}/>"#
                );
                ("crossed-square", markup, 10.5, 9.0)
            }
        };
        Some(Head { name, markup, tip, gap })
    }
}

fn stroke(color: &str, width: f64, dash: Option<&str>) -> Stroke {
    let stroke = Stroke::new(color, width);
    match dash {
        Some(dash) => stroke.dashed(dash),
        None => stroke,
    }
}
