from .common import AftersalesCommon


class AftersalesPartsCommon(AftersalesCommon):
    """A machine with a parts list: a pump with a life and a warranty of its own, and a belt."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.machine.product_tmpl_id
        cls.pump_line, cls.belt_line = cls.env["aftersales.product.part"].create(
            [
                {
                    "product_tmpl_id": cls.template.id,
                    "part_id": cls.part.id,
                    "position": "H-1",
                    "life_months": 24,
                    "life_meter": 2000,
                    "warranty_duration": 12,
                },
                {
                    "product_tmpl_id": cls.template.id,
                    "part_id": cls.wear_part.id,
                    "is_wear_part": True,
                    "life_months": 6,
                },
            ]
        )
        cls.serial_part = cls.env["product.product"].create(
            {
                "name": "Test Gearbox",
                "is_storable": True,
                "tracking": "serial",
                "list_price": 500.0,
                "is_spare_part": True,
            }
        )
        cls.other_part = cls.env["product.product"].create(
            {"name": "Test Blade", "is_storable": True}
        )
