from odoo import models


class AftersalesCompanyCheckMixin(models.AbstractModel):
    """Odoo's check of companies for many records at once.

    Odoo compares record by record and field by field. Here each field is asked once for all records
    of a company; only when something does not fit does Odoo's own check find it again and word the
    refusal (design rule 1).
    """

    _name = "aftersales.company.check.mixin"
    _description = "After-sales Company Check"

    def _check_company(self, fnames=None):
        if len(self) < 2 or not self._fits_companies(fnames):
            return super()._check_company(fnames)
        return None

    def _fits_companies(self, fnames):
        """Whether the records named by the checked fields are all of the records' companies.

        :param fnames: names of the fields to check; all when one of them is the company, or None
        """
        if fnames is None or "company_id" in fnames:
            fnames = self._fields
        checked = [self._fields[name] for name in fnames]
        checked = [field for field in checked if field.relational and field.check_company]
        # Values by company are compared with the user's company: left to Odoo's check.
        if any(field.company_dependent for field in checked):
            return False
        # sudo: as in Odoo's check, which looks at records that the user may not read.
        for company, records in self.sudo().grouped("company_id").items():
            for field in checked:
                named = records[field.name].with_context(active_test=False)
                if named.filtered_domain(named._check_company_domain(company)) != named:
                    return False
        return True
