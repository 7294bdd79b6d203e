import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { segmentQuery } from "@/api/segments";
import { Loading, Trouble } from "@/ui/forms";
import { Page } from "@/ui/page";
import { KnownContext, useLoadKnown } from "../builder/known";
import { Editor } from "./editor";

const editing = getRouteApi("/frame/segments/$segmentId/edit");

/** A segment opened to be changed. */
export function EditSegmentPage() {
  const { t } = useTranslation();
  const { segmentId } = editing.useParams();
  const known = useLoadKnown();
  // What is being written must not change under the hand: it is read once, a conflict shows on saving.
  const segment = useQuery({
    ...segmentQuery(segmentId),
    refetchInterval: false,
    refetchOnWindowFocus: false,
  });
  if (!segment.data) {
    const parent = (
      <Link to="/segments" search={{ q: undefined, tag: undefined }}>
        {t("frame.segments")}
      </Link>
    );
    return (
      <Page title={t("segments.editOne")} parent={parent}>
        {segment.isError ? (
          <Trouble error={segment.error} retry={() => segment.refetch()} />
        ) : (
          <Loading rows={4} />
        )}
      </Page>
    );
  }
  return (
    <KnownContext.Provider value={known}>
      <Editor key={segment.data.modifiedAt} segment={segment.data} />
    </KnownContext.Provider>
  );
}

/** A segment to be made. */
export function NewSegmentPage() {
  const known = useLoadKnown();
  return (
    <KnownContext.Provider value={known}>
      <Editor segment={undefined} />
    </KnownContext.Provider>
  );
}
