import { BarChart } from "echarts/charts";
import { GridComponent } from "echarts/components";
import { type EChartsType, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import { heightOf, type MirrorRow, mirrorOption, type Say } from "./mirror-option";

use([BarChart, GridComponent, SVGRenderer]);

/** The bars of a chart with two sides; its colours are tokens, so that a change of scheme draws nothing anew. */
export function Mirror({ rows, say }: { rows: MirrorRow[]; say: Say | undefined }) {
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
      chart.current?.resize({ width: host.clientWidth, height: heightOf(rows, say) });
      const font = getComputedStyle(host).fontFamily;
      chart.current?.setOption(mirrorOption(rows, host.clientWidth, font, say), true);
    };
    draw();
    const watch = new ResizeObserver(draw);
    watch.observe(host);
    return () => watch.disconnect();
  }, [rows, say]);
  return <div ref={place} style={{ height: heightOf(rows, say) }} />;
}
