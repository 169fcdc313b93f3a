ALTER TABLE "runs" ADD COLUMN "suggestions" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint

-- Sources of a funding mix had words only: their kind is read from those, which stay as they were typed.
CREATE FUNCTION kind_of_source(words text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN words ~* 'crowd' THEN 'crowdfunding'
    WHEN words ~* 'sponsor' THEN 'sponsorship'
    WHEN words ~* '\mdon(a|o|i)|liberal|raccolta fondi|fundrais|gift|benefic' THEN 'donation'
    WHEN words ~* '5\s?[x×]|5\s?‰|\m(5|cinque|five) per (mille|thousand)' THEN 'five_per_mille'
    WHEN words ~* '\mprestit|\mmutu[oi]\M(?! aiuto)|\mloan|microcredit' THEN 'loan'
    WHEN words ~* 'fondazion|foundation' THEN 'foundation'
    WHEN words ~* 'propri|autofinanz|vendit|\mserviz|\mquot[ae]|\mrett[ae]|bigliett|tesser|abboname|\mcanon|commess|incass|ricav|\mfees?\M|\msales?\M|\mown\M|income|\mcorsi\M|catering'
      AND words !~* '\mbando|\mbandi\M|contribut|grant' THEN 'own'
    WHEN words ~* 'pubblic|public|comun(e|al[ei])\M|region[ei]|minister|europe|\mpon\M|pnrr|\mbando|\mbandi\M|\mgrants?\M|contribut|convenzion' THEN 'public'
    ELSE 'other'
  END
$$;--> statement-breakpoint
CREATE FUNCTION typed_content(content jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN jsonb_typeof(content -> 'fundingMix') = 'array' THEN jsonb_set(content, '{fundingMix}', (
    SELECT coalesce(jsonb_agg(jsonb_build_object('kind', kind_of_source(part ->> 'source')) || part ORDER BY place), '[]')
    FROM jsonb_array_elements(content -> 'fundingMix') WITH ORDINALITY AS mix (part, place)))
  ELSE content END
$$;--> statement-breakpoint
UPDATE "proposals" SET "content" = typed_content("content") WHERE "content" -> 'fundingMix' <> '[]';--> statement-breakpoint
CREATE FUNCTION typed_row(kept jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN kept ? 'content' THEN jsonb_set(kept, '{content}', typed_content(kept -> 'content')) ELSE kept END
$$;--> statement-breakpoint
UPDATE "kept_rows" SET "steps" = (
  SELECT jsonb_agg(CASE WHEN step ->> 'table' = 'proposals'
    THEN step || jsonb_build_object('before', typed_row(step -> 'before'), 'after', typed_row(step -> 'after'))
    ELSE step END ORDER BY place)
  FROM jsonb_array_elements("steps") WITH ORDINALITY AS kept (step, place))
WHERE "steps" @> '[{"table": "proposals"}]';--> statement-breakpoint
DROP FUNCTION typed_row(jsonb);--> statement-breakpoint
DROP FUNCTION typed_content(jsonb);--> statement-breakpoint
DROP FUNCTION kind_of_source(text);
