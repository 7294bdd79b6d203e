import { Button, SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMay } from "@/api/may";
import { type Field, fieldsQuery, seenFieldsQuery } from "@/api/people";
import { Empty, ListPicture, Loading, Trouble } from "@/ui/forms";
import { IconPlus } from "@/ui/icons";
import { Page } from "@/ui/page";
import { EditField } from "./edit-field";
import css from "./fields.module.css";
import { FieldsTable } from "./fields-table";
import { SeenTable } from "./seen-table";

const route = getRouteApi("/frame/fields");
const views = ["declared", "standard", "seen"] as const;

/** What is known of contacts: fields declared here, those that Percorso knows, and names only seen so far. */
export function FieldsPage() {
  const { t } = useTranslation();
  const may = useMay();
  const { view = "declared", field, declare } = route.useSearch();
  const navigate = route.useNavigate();
  const fields = useQuery(fieldsQuery);
  const seen = useQuery(seenFieldsQuery);
  const close = () => navigate({ search: { view }, replace: true });
  const begin = () => navigate({ search: { view, declare: "" }, replace: true });
  const edited = fields.data?.items.find((one) => one.path === field);
  const sample = seen.data?.undeclared.find((one) => one.path === declare);
  const action = may("contacts.write") && (
    <Button leftSection={<IconPlus size={16} stroke={1.9} aria-hidden />} onClick={begin}>
      {t("fieldsRoom.declare")}
    </Button>
  );

  const declared = (items: Field[]) => {
    const own = items.filter((one) => !one.isStandard);
    if (own.length > 0) return <FieldsTable fields={own} seen={seen.data} />;
    return (
      <Empty title={t("fieldsRoom.emptyTitle")} picture={<ListPicture />} action={action}>
        {t("fieldsRoom.emptyWords")}
      </Empty>
    );
  };

  const body = () => {
    const asked = view === "seen" ? seen : fields;
    if (asked.isPending) return <Loading rows={8} />;
    if (asked.isError) return <Trouble error={asked.error} retry={() => asked.refetch()} />;
    if (view === "seen" && seen.data) return <SeenTable seen={seen.data} />;
    const items = fields.data?.items ?? [];
    if (view === "declared") return declared(items);
    const standard = items.filter((one) => one.isStandard);
    if (standard.length === 0) return <Empty title={t("fieldsRoom.emptyTitle")} />;
    return <FieldsTable fields={standard} seen={seen.data} />;
  };

  // An empty view offers it itself.
  const offered = view === "declared" && fields.data?.items.every((one) => one.isStandard);

  return (
    <Page title={t("frame.fields")} actions={offered ? undefined : action}>
      <div className={css.bar}>
        <SegmentedControl
          aria-label={t("fieldsRoom.views")}
          size="xs"
          value={view}
          onChange={(value) =>
            navigate({ search: { view: views.find((one) => one === value) }, replace: true })
          }
          data={views.map((one) => ({ value: one, label: t(`fieldsRoom.view.${one}`) }))}
        />
      </div>
      <p className={css.lead}>{t(`fieldsRoom.lead.${view}`)}</p>
      {body()}
      {(edited || declare !== undefined) && (
        <EditField
          key={edited?.path ?? declare}
          field={edited}
          path={declare ?? ""}
          sample={sample}
          onClose={close}
        />
      )}
    </Page>
  );
}
