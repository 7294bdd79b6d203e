import { createContext, useContext, useEffect, useState } from "react";

/** Product time as the server told it: it may run faster than the wall clock (a demo does). */
export interface ProductClock {
  productAt: string;
  rate: number;
  /** The browser's clock when the answer came, in ms. */
  readAt: number;
}

export const ClockContext = createContext<ProductClock | null>(null);

/** Product time at the browser's moment `real`, in ms since 1970. */
export function productTime(clock: ProductClock | null, real: number): Date {
  if (!clock) return new Date(real);
  return new Date(Date.parse(clock.productAt) + (real - clock.readAt) * clock.rate);
}

/** Product time, again every `everyMs`; what is relative to now is said by it. */
export function useNow(everyMs = 15_000): Date {
  const clock = useContext(ClockContext);
  const [real, setReal] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setReal(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return productTime(clock, Math.max(real, clock?.readAt ?? 0));
}

/** How much faster than the wall clock product time runs. */
export const useRate = (): number => useContext(ClockContext)?.rate ?? 1;
