"""CURIEs of public registries and the IRIs they stand for."""

from __future__ import annotations

OBO = "http://purl.obolibrary.org/obo/"

# Registries behind the CURIEs of the `xrefs` columns, as the Bioregistry expands them.
XREF_PREFIXES: dict[str, str] = {
    "hgnc": "https://identifiers.org/hgnc:",
    "NCBIGene": "https://identifiers.org/ncbigene:",
    "uniprot": "http://purl.uniprot.org/uniprot/",
    "uniprot.isoform": "http://purl.uniprot.org/isoforms/",
    "ensembl": "https://identifiers.org/ensembl:",
    "fplx": "https://identifiers.org/fplx:",
    "refseq": "https://identifiers.org/refseq:",
    "interpro": "https://identifiers.org/interpro:",
    "pfam": "https://identifiers.org/pfam:",
    "mesh": "http://id.nlm.nih.gov/mesh/",
    "NCIT": OBO + "NCIT_",
    "MONDO": OBO + "MONDO_",
    "GO": OBO + "GO_",
    "CL": OBO + "CL_",
    "HP": OBO + "HP_",
    "CHEBI": OBO + "CHEBI_",
    "SO": OBO + "SO_",
    "ECO": OBO + "ECO_",
    "UBERON": OBO + "UBERON_",
    "NCBITaxon": OBO + "NCBITaxon_",
    "DOID": OBO + "DOID_",
    "EFO": "http://www.ebi.ac.uk/efo/EFO_",
    "MGI": "https://identifiers.org/MGI:",
    "chembl.compound": "https://identifiers.org/chembl.compound:",
    "pubchem.compound": "https://identifiers.org/pubchem.compound:",
    "rxnorm": "https://identifiers.org/rxnorm:",
    "civic.vid": "https://identifiers.org/civic.vid:",
    "clinvar.variation": "https://identifiers.org/clinvar:",
    "clingen.allele": "https://identifiers.org/clingen.allele:",
    "dbsnp": "https://identifiers.org/dbsnp:",
    "clinicaltrials": "https://clinicaltrials.gov/study/",
    "cellosaurus": "https://identifiers.org/cellosaurus:CVCL_",
    "depmap": "https://identifiers.org/depmap:",
    "msigdb": "https://identifiers.org/msigdb:",
    "reactome": "https://identifiers.org/reactome:",
    "wikipathways": "https://identifiers.org/wikipathways:",
    "pubmed": "https://pubmed.ncbi.nlm.nih.gov/",
    "pmc": "https://www.ncbi.nlm.nih.gov/pmc/articles/",
    "doi": "https://doi.org/",
}


def expand(curie: str) -> str:
    """IRI of an external CURIE.

    Raises:
        ValueError: when the prefix is not known.

    >>> expand("hgnc:6407")
    'https://identifiers.org/hgnc:6407'
    """
    prefix, colon, local = curie.partition(":")
    if not colon or not local or prefix not in XREF_PREFIXES:
        raise ValueError(f"{curie!r} has no known prefix")
    return XREF_PREFIXES[prefix] + local
