import type { Example } from "./example.ts";

export const d3Chart: Example = {
  id: "d3-chart",
  title: "D3 stream",
  description: "SVG, a second file, TypeScript",
  entry: "/main.ts",
  files: {
    "/main.ts": `import { range, randomLcg } from "d3";
import { streamgraph, type Layer } from "./chart.ts";

const random = randomLcg(0.42);

// Each layer is a handful of soft bumps over time.
function layer(name: string): Layer {
  const values = range(120).map(() => 0.4);
  for (let bump = 0; bump < 6; bump++) {
    const middle = random() * 120;
    const width = 4 + random() * 14;
    const height = 1 + random() * 4;
    values.forEach((_, x) => {
      values[x] += height * Math.exp(-(((x - middle) / width) ** 2));
    });
  }
  return { name, values };
}

const stages = "resolve fetch verify compile store link run".split(" ");
const layers = stages.map(layer);
document.body.append(streamgraph(layers));
console.log("layers", layers);
`,
    "/chart.ts": `import * as d3 from "d3";

export interface Layer {
  name: string;
  values: number[];
}

/** Stacked layers around a wandering middle, drawn in as you watch. */
export function streamgraph(layers: Layer[], width = 960, height = 560): SVGSVGElement {
  const names = layers.map((layer) => layer.name);
  const rows = d3.range(layers[0].values.length).map((x) =>
    Object.fromEntries(layers.map((layer) => [layer.name, layer.values[x]])),
  );
  const stack = d3.stack().keys(names).offset(d3.stackOffsetWiggle).order(d3.stackOrderInsideOut);
  const series = stack(rows);

  const x = d3.scaleLinear([0, rows.length - 1], [0, width]);
  const extent = [d3.min(series, (s) => d3.min(s, (d) => d[0])), d3.max(series, (s) => d3.max(s, (d) => d[1]))];
  const y = d3.scaleLinear(extent, [height - 24, 24]);
  const color = d3.scaleOrdinal(names, d3.quantize(d3.interpolateRgbBasis(["#f9561c", "#ffb066", "#c08bd6", "#3d5bd9"]), names.length));
  const area = d3.area().curve(d3.curveBasis).x((_, i) => x(i)).y0((d) => y(d[0])).y1((d) => y(d[1]));

  const svg = d3.create("svg").attr("viewBox", [0, 0, width, height]).attr("style", "width: 100%; height: 94vh");
  const paths = svg.selectAll("path").data(series).join("path")
    .attr("fill", (s) => color(s.key))
    .attr("d", area);
  paths.append("title").text((s) => s.key);
  paths.attr("opacity", 0).transition().delay((_, i) => i * 80).duration(700).attr("opacity", 1);

  // The name of a layer, where the layer is at its widest.
  svg.selectAll("text").data(series).join("text")
    .text((s) => s.key)
    .each(function (s) {
      const widest = d3.maxIndex(s, (d, i) => (i > 8 && i < s.length - 8 ? d[1] - d[0] : 0));
      d3.select(this).attr("x", x(widest)).attr("y", y((s[widest][0] + s[widest][1]) / 2));
    })
    .attr("text-anchor", "middle")
    .attr("dominant-baseline", "middle")
    .attr("style", "font: 600 15px system-ui, sans-serif; fill: #fff; pointer-events: none");

  return svg.node()!;
}
`,
  },
};
