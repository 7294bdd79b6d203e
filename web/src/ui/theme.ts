import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

const teal: MantineColorsTuple = [
  "#e6f4f1",
  "#cfe8e3",
  "#a4d3ca",
  "#76bdb1",
  "#4fb9ab",
  "#2d9587",
  "#187f72",
  "#0f6f65",
  "#0b5f56",
  "#064b44",
];

const warmGrey: MantineColorsTuple = [
  "#fbfaf8",
  "#f5f3ef",
  "#e8e5df",
  "#d8d4cc",
  "#bdb8ae",
  "#9b968c",
  "#757068",
  "#5d5953",
  "#3a3733",
  "#1d1b18",
];

const night: MantineColorsTuple = [
  "#eeede9",
  "#b0b3b0",
  "#8f9492",
  "#5e6664",
  "#3d4446",
  "#2c3132",
  "#1d2021",
  "#181a1b",
  "#151718",
  "#0f1112",
];

/** Whatever opens keeps the distance from the window's edge that pages keep on a phone. */
const fromEdge = { flip: true, shift: { padding: 16 } };

/** Mantine dressed in the tokens of tokens.css; the component kit must not show through. */
export const theme = createTheme({
  colors: { teal, gray: warmGrey, dark: night },
  primaryColor: "teal",
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  luminanceThreshold: 0.36,
  fontFamily: "var(--font)",
  fontFamilyMonospace: "var(--mono)",
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "19px" },
  defaultRadius: "8px",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Popover: { defaultProps: { middlewares: fromEdge } },
    Combobox: { defaultProps: { middlewares: fromEdge } },
    Tooltip: { defaultProps: { openDelay: 250, withArrow: false, transitionProps: { duration: 100 } } },
    Menu: {
      defaultProps: {
        transitionProps: { duration: 100 },
        shadow: "none",
        radius: "10px",
        middlewares: fromEdge,
      },
    },
    Drawer: { defaultProps: { transitionProps: { duration: 150 } } },
    SegmentedControl: { defaultProps: { withItemsBorders: false, radius: "8px" } },
    Button: {
      defaultProps: { size: "sm" },
      // Mantine judges contrast by the light shade only: words on a filled button have the scheme's own colour.
      vars: (_theme: unknown, { variant, color }: { variant?: string; color?: string }) => ({
        root:
          variant !== undefined && variant !== "filled"
            ? {}
            : color === "red"
              ? { "--button-bg": "var(--danger)", "--button-color": "var(--surface)" }
              : color === undefined
                ? { "--button-color": "var(--on-accent)" }
                : {},
      }),
    },
  },
});

/** Mantine's own variables, taken from our tokens in both schemes. */
export const cssVariables: CSSVariablesResolver = () => {
  const ours = {
    "--mantine-color-body": "var(--surface)",
    "--mantine-color-text": "var(--ink)",
    "--mantine-color-dimmed": "var(--ink-2)",
    "--mantine-color-placeholder": "var(--ink-3)",
    "--mantine-color-default": "var(--surface)",
    "--mantine-color-default-hover": "var(--hover)",
    "--mantine-color-default-color": "var(--ink)",
    "--mantine-color-default-border": "var(--line-strong)",
    // What cannot be changed now is still to be read.
    "--mantine-color-disabled": "var(--sunken)",
    "--mantine-color-disabled-color": "var(--ink-3)",
    "--mantine-color-disabled-border": "var(--line-strong)",
    "--mantine-color-error": "var(--danger)",
    // A menu takes the words of what cannot be undone from the sixth shade, its ground from the light hover.
    "--mantine-color-red-6": "var(--danger)",
    "--mantine-color-red-light-hover": "var(--danger-soft)",
  };
  return { variables: {}, light: ours, dark: ours };
};
