import conditions from "./conditions.json";
import consents from "./consents.json";
import contacts from "./contacts.json";
import fields from "./fields.json";
import frame from "./frame.json";
import groups from "./groups.json";
import imports from "./imports.json";
import journeys from "./journeys.json";
import lists from "./lists.json";
import mailbox from "./mailbox.json";
import segments from "./segments.json";
import sentences from "./sentences.json";
import vocabulary from "./vocabulary.json";

export default {
  ...frame,
  ...journeys,
  ...contacts,
  ...mailbox,
  ...sentences,
  ...vocabulary,
  ...consents,
  ...groups,
  ...fields,
  ...imports,
  ...conditions,
  ...segments,
  ...lists,
};
