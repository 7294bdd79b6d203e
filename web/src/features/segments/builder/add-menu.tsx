import { Menu } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Leaf, Test } from "@/api/graph";
import { IconPlus } from "@/ui/icons";
import menuCss from "./add-menu.module.css";
import { type KnownField, useKnown } from "./known";
import { newTest } from "./operators";
import css from "./tree.module.css";

type Way =
  | "attribute"
  | "did"
  | "didNot"
  | "firstOrLast"
  | "followed"
  | "message"
  | "journey"
  | "group"
  | "segment"
  | "status"
  | "consent"
  | "identity";

const GROUPS: { heading: "who" | "did" | "stands"; ways: Way[] }[] = [
  { heading: "who", ways: ["attribute", "identity"] },
  { heading: "did", ways: ["did", "didNot", "firstOrLast", "followed", "message", "journey"] },
  { heading: "stands", ways: ["status", "group", "segment", "consent"] },
];

const MONTH = { kind: "ago", amount: 30, unit: "days", operator: "less_than" } as const;

function begin(way: Way, fields: KnownField[], event: string, group: string, segment: string): Leaf {
  const pattern = { events: [event] };
  switch (way) {
    case "did":
      return { kind: "happened", pattern, window: MONTH };
    case "didNot":
      return {
        kind: "happened",
        pattern,
        window: MONTH,
        operator: "equals",
        operands: [{ kind: "value", value: 0 }],
      };
    case "firstOrLast":
      return {
        kind: "first_or_last",
        which: "last",
        pattern,
        condition: { kind: "and", conditions: [] },
      };
    case "followed":
      return {
        kind: "followed",
        first: { events: ["abandonedCart"] },
        // biome-ignore lint/suspicious/noThenProperty: the API names it so
        then: pattern,
        within: { amount: 3, unit: "days" },
      };
    case "message":
      return { kind: "message", channel: "email", action: "opened", window: MONTH };
    case "journey":
      return { kind: "journey", state: "entered" };
    case "group":
      return { kind: "membership", of: "group", id: group };
    case "segment":
      return { kind: "membership", of: "segment", id: segment };
    case "status":
      return { kind: "status", channel: "email" };
    case "consent":
      return { kind: "consent", leaf: "marketing.automatic.email" };
    case "identity":
      return { kind: "identity", identity: "email" };
    default: {
      const field = fields.find((one) => one.value === "gender") ?? fields[0];
      return newTest("attribute", field?.value ?? "gender", field?.type ?? "text", field?.format);
    }
  }
}

interface AddMenuProps {
  source: Test["source"];
  fields: KnownField[];
  onAdd: (leaf: Leaf | "group") => void;
  /** There is nothing yet: the most usual beginnings stand open. */
  isFirst?: boolean;
}

const USUAL: Way[] = ["attribute", "did", "didNot", "status", "message"];

/** What a condition can ask, to begin a sentence with. */
export function AddMenu({ source, fields, onAdd, isFirst }: AddMenuProps) {
  const { t } = useTranslation();
  const { groups, segments, events } = useKnown();
  const event = events.find((one) => one.value === "completedOrder") ?? events[0];
  const add = (way: Way) =>
    onAdd(
      begin(way, fields, event?.value ?? "completedOrder", groups[0]?.value ?? "", segments[0]?.value ?? ""),
    );
  const target = isFirst ? (
    <button type="button" className={css.start} data-add>
      {t("builder.more")}
    </button>
  ) : (
    <button type="button" className={css.add} data-add>
      <IconPlus size={14} stroke={2} aria-hidden />
      {t(source === "event" ? "builder.addProperty" : "builder.add")}
    </button>
  );
  if (source === "event") {
    const [first] = fields;
    return (
      <span className={css.adders}>
        <button
          type="button"
          className={css.add}
          data-add
          disabled={!first}
          onClick={() => first && onAdd(newTest("event", first.value, first.type))}
        >
          <IconPlus size={14} stroke={2} aria-hidden />
          {t("builder.addProperty")}
        </button>
      </span>
    );
  }
  const menu = (
    <Menu position="bottom-start" width="min(500px, calc(100vw - 32px))" offset={4}>
      <Menu.Target>{target}</Menu.Target>
      <Menu.Dropdown className={menuCss.menu}>
        <div className={menuCss.ways}>
          {GROUPS.map(({ heading, ways }) => (
            <div key={heading} data-heading={heading}>
              <Menu.Label>{t(`builder.headings.${heading}`)}</Menu.Label>
              {ways.map((way) => (
                <Menu.Item
                  key={way}
                  onClick={() => add(way)}
                  disabled={
                    (way === "group" && groups.length === 0) || (way === "segment" && segments.length === 0)
                  }
                >
                  {t(`builder.ways.${way}`)}
                </Menu.Item>
              ))}
            </div>
          ))}
        </div>
        <Menu.Divider />
        <Menu.Item onClick={() => onAdd("group")}>{t("builder.ways.nested")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
  if (!isFirst) return menu;
  return (
    <>
      <p className={css.begin}>{t("builder.begin")}</p>
      <div className={css.begins}>
        {USUAL.map((way) => (
          <button key={way} type="button" className={css.start} onClick={() => add(way)}>
            {t(`builder.ways.${way}`)}
          </button>
        ))}
        {menu}
      </div>
    </>
  );
}
