import { Button } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/api/may";
import type { SeenField } from "@/api/people";
import type { components } from "@/api/schema";
import { useFormat } from "@/lib/format";
import { Empty, ListPicture } from "@/ui/forms";
import { type Column, Table } from "@/ui/table";
import css from "./fields.module.css";

const route = getRouteApi("/frame/fields");

/** A dotted path that breaks behind its dots. */
function Path({ of }: { of: string }) {
  return (
    <span className={css.path}>
      {of.split(".").map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts are known by their place
        <Fragment key={index}>
          {index > 0 && (
            <>
              .<wbr />
            </>
          )}
          {part}
        </Fragment>
      ))}
    </span>
  );
}

/** Names that contacts hold and nobody declared, the most frequent first; each may be declared. */
export function SeenTable({ seen }: { seen: components["schemas"]["SeenFields"] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useMay();
  const navigate = route.useNavigate();
  if (seen.undeclared.length === 0) {
    return (
      <Empty title={t("fieldsRoom.seenNoneTitle")} picture={<ListPicture />}>
        {t("fieldsRoom.seenNoneWords")}
      </Empty>
    );
  }
  const columns: Column<SeenField>[] = [
    {
      id: "path",
      header: t("fieldsRoom.name"),
      cell: (field) => <Path of={field.path} />,
    },
    {
      id: "samples",
      header: t("fieldsRoom.samples"),
      wide: true,
      cell: (field) => (
        <span className={css.samples}>{field.samples.map((one) => String(one)).join(" · ")}</span>
      ),
    },
    {
      id: "types",
      header: t("fieldsRoom.seenAs"),
      width: "180px",
      wide: true,
      cell: (field) =>
        format.list(Object.keys(field.types).map((type) => t(`jsonTypes.${type}`, { defaultValue: type }))),
    },
    {
      id: "contacts",
      header: t("fieldsRoom.inContacts"),
      align: "end",
      width: "130px",
      cell: (field) => format.share(field.contacts / Math.max(seen.lookedAt, 1)),
    },
  ];
  if (may("contacts.write")) {
    columns.push({
      id: "declare",
      header: <span className="sr-only">{t("fieldsRoom.declare")}</span>,
      align: "end",
      width: "120px",
      cell: (field) => (
        <Button
          size="xs"
          variant="default"
          onClick={() => navigate({ search: { view: "seen", declare: field.path }, replace: true })}
        >
          {t("fieldsRoom.declareOne")}
          <span className="sr-only"> {field.path}</span>
        </Button>
      ),
    });
  }
  return (
    <>
      <Table
        label={t("fieldsRoom.view.seen")}
        columns={columns}
        rows={seen.undeclared}
        keyOf={(field) => field.path}
      />
      <p className={css.looked}>
        {t("fieldsRoom.lookedAt", { count: seen.lookedAt, n: format.number(seen.lookedAt) })}
      </p>
    </>
  );
}
