import { BarChart } from "echarts/charts";
import { GridComponent } from "echarts/components";
import { type EChartsType, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import { heightOf, type MirrorRow, mirrorOption } from "./mirror-option";

use([BarChart, GridComponent, SVGRenderer]);

/** The bars of a chart with two sides; its colours are tokens, so that a change of scheme draws nothing anew. */
export function Mirror({ rows }: { rows: MirrorRow[] }) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType>(null);
  useEffect(() => {
    const host = place.current;
    if (!host) return;
    chart.current = init(host, undefined, { renderer: "svg" });
    return () => chart.current?.dispose();
  }, []);
  useEffect(() => {
    const host = place.current;
    if (!host) return;
    const draw = () => {
      if (host.clientWidth === 0) return;
      chart.current?.resize({ width: host.clientWidth, height: heightOf(rows) });
      chart.current?.setOption(mirrorOption(rows, host.clientWidth, getComputedStyle(host).fontFamily), true);
    };
    draw();
    const watch = new ResizeObserver(draw);
    watch.observe(host);
    return () => watch.disconnect();
  }, [rows]);
  return <div ref={place} style={{ height: heightOf(rows) }} />;
}
